-- Counts a try under each key, unless one of them has to wait; returns the seconds to wait.
local now, wait = tonumber(ARGV[1]), 0
for _, name in ipairs(KEYS) do
  wait = math.max(wait, (tonumber(redis.call('HGET', name, 'until')) or 0) - now)
end
if wait > 0 then return tostring(wait) end
for index, name in ipairs(KEYS) do
  local count = redis.call('HINCRBY', name, 'count', 1)
  local over = count - tonumber(ARGV[4 + index])
  if over >= 0 then
    local delay = math.min(tonumber(ARGV[2]) * 2 ^ math.min(over, 30), tonumber(ARGV[3]))
    redis.call('HSET', name, 'until', now + delay)
  end
  redis.call('EXPIRE', name, ARGV[4])
end
return '0'
