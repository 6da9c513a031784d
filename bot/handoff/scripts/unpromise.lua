-- Takes back, once, that somebody is there, with the notice for the person.
if redis.call('HGET', KEYS[1], 'state') ~= 'waiting' then return 0 end
if redis.call('HGET', KEYS[1], 'promised') ~= 'yes' then return 0 end
redis.call('HSET', KEYS[1], 'promised', '')
redis.call('RPUSH', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
