-- Takes a conversation out of the outbox where nothing waits to be sent.
for _, state in ipairs(redis.call('HVALS', KEYS[1])) do
  if state == 'queued' then return 0 end
end
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
