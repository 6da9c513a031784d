-- Puts a new case into the queue; returns its id, that of the one open already, or '' where the
-- queue is full for its origin. Needs order.lua and audit.lua before it.
local found = redis.call('GET', KEYS[1])
if found and redis.call('EXISTS', ARGV[1] .. found) == 1 then return found end
local case = cjson.decode(ARGV[2])
local name = ARGV[1] .. case.id
local ordering = cjson.decode(ARGV[6])
local waiting = order(KEYS[2], ARGV[1], ordering.origins, case.origin, ordering.later, ordering.behind)
if waiting >= ordering.most then return '' end
for field, value in pairs(case) do redis.call('HSET', name, field, value) end
redis.call('EXPIRE', name, ARGV[3])
redis.call('SET', KEYS[1], case.id, 'EX', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4], case.id)
redis.call('EXPIRE', KEYS[2], ARGV[3])
if case.origin ~= '' then
  redis.call('SADD', ordering.origins .. case.origin, case.id)
  redis.call('EXPIRE', ordering.origins .. case.origin, ARGV[3])
  order(KEYS[2], ARGV[1], ordering.origins, case.origin, ordering.later, ordering.behind)
end
audit(ARGV[5])
return case.id
