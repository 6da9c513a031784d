-- Changes the state of a case where that is allowed; returns 'ok', or why it is not. Needs order.lua
-- and audit.lua before it.
local a = cjson.decode(ARGV[1])
local name = KEYS[1]
local state = redis.call('HGET', name, 'state')
if not state then return 'missing' end
local allowed = false
for _, one in ipairs(a.from) do allowed = allowed or one == state end
if not allowed then return state end
local operator = redis.call('HGET', name, 'operator')
if a.operator ~= '' and operator ~= a.operator then return 'other' end
if a.to == 'active' then
  local reserved = redis.call('HGET', name, 'reserved')
  local till = tonumber(redis.call('HGET', name, 'reserved_until')) or 0
  if reserved ~= '' and reserved ~= a.set.operator and till > a.now then return 'reserved' end
end
local case_id = redis.call('HGET', name, 'id')
local conversation = redis.call('HGET', name, 'conversation')
redis.call('HSET', name, 'state', a.to)
for field, value in pairs(a.set) do redis.call('HSET', name, field, value) end
if a.to == 'waiting' then
  local score = tonumber(redis.call('HGET', name, 'opened'))
  if redis.call('HGET', name, 'level') ~= 'urgent' then score = score + a.later end
  redis.call('ZADD', KEYS[2], score, case_id)
  redis.call('EXPIRE', KEYS[2], a.kept)
else
  redis.call('ZREM', KEYS[2], case_id)
end
local origin = redis.call('HGET', name, 'origin')
if origin and origin ~= '' then
  if a.to == 'waiting' then
    redis.call('SADD', a.origins .. origin, case_id)
    redis.call('EXPIRE', a.origins .. origin, a.kept)
  end
  order(KEYS[2], a.cases, a.origins, origin, a.later, a.behind)
end
if a.to == 'active' then
  redis.call('SADD', KEYS[3], case_id)
  redis.call('EXPIRE', KEYS[3], a.kept)
else
  redis.call('SREM', KEYS[3], case_id)
end
redis.call('EXPIRE', name, a.kept)
local final = a.to ~= 'waiting' and a.to ~= 'active'
if final then
  redis.call('DEL', a.case_of .. conversation)
  redis.call('HSET', name, 'conversation', '', 'origin', '')
  if a.refused ~= '' then redis.call('SET', a.refused .. conversation, '1', 'EX', a.kept) end
else
  redis.call('EXPIRE', a.case_of .. conversation, a.kept)
end
if a.notice ~= '' or final then
  redis.call('RPUSH', KEYS[4], cjson.encode({
    id = a.notice_id, case = case_id, code = a.notice, conversation = conversation, final = final,
    channel = redis.call('HGET', name, 'channel'), language = redis.call('HGET', name, 'language'),
    state = a.to}))
  redis.call('EXPIRE', KEYS[4], a.kept)
end
audit(ARGV[2])
return 'ok'
