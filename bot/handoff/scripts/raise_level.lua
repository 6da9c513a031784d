-- A case that waits becomes urgent, where it is in the queue too. Needs order.lua before it.
if redis.call('HGET', KEYS[1], 'state') ~= 'waiting' then return 0 end
redis.call('HSET', KEYS[1], 'level', 'urgent', 'cues', ARGV[1])
redis.call('ZADD', KEYS[2], 'XX', redis.call('HGET', KEYS[1], 'opened'), ARGV[2])
local ordering = cjson.decode(ARGV[5])
local origin = redis.call('HGET', KEYS[1], 'origin')
order(KEYS[2], ordering.cases, ordering.origins, origin, ordering.later, ordering.behind)
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
