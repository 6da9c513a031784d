-- Adds an entry to a conversation's stream, once for each id, and puts it into the outbox.
if ARGV[1] ~= '' then
  local before = redis.call('HGET', KEYS[2], ARGV[1])
  if before then return before end
end
local now = redis.call('TIME')
local oldest = (tonumber(now[1]) - tonumber(ARGV[2])) * 1000
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[3], '*',
  'kind', ARGV[7], 'text', ARGV[8], 'by', ARGV[9], 'state', ARGV[10], 'language', ARGV[11],
  'once', ARGV[1])
redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f', oldest))
redis.call('EXPIRE', KEYS[1], ARGV[4])
if ARGV[1] ~= '' then
  redis.call('HSET', KEYS[2], ARGV[1], id)
  redis.call('EXPIRE', KEYS[2], ARGV[4])
end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[3], id, 'queued')
  redis.call('EXPIRE', KEYS[3], ARGV[4])
  if ARGV[5] == 'post' then
    redis.call('ZADD', KEYS[4], 'NX', now[1] + now[2] / 1000000, ARGV[6])
    redis.call('EXPIRE', KEYS[4], ARGV[4])
    redis.call('PUBLISH', ARGV[12], ARGV[13])
  end
end
redis.call('PUBLISH', ARGV[12], ARGV[6])
return id
