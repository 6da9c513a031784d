-- Deletes both sides' words; the code of the last notice may stay for a page that comes back.
local last = redis.pcall('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if last.err then last = {} end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
redis.call('ZREM', KEYS[5], ARGV[1])
redis.call('ZREM', KEYS[6], ARGV[1])
if #last > 0 and ARGV[2] == '1' then
  local f = {}
  for i = 1, #last[1][2], 2 do f[last[1][2][i]] = last[1][2][i + 1] end
  if f.kind == 'notice' then
    redis.call('XADD', KEYS[1], last[1][1], unpack(last[1][2]))
    redis.call('EXPIRE', KEYS[1], ARGV[3])
  end
end
redis.call('PUBLISH', ARGV[4], ARGV[1])
