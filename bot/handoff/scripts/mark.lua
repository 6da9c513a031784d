-- Changes how a message fares where it is as expected: only who marks it sends it.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[4] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1
