-- Writes the line of the audit trail and the counts of the day that belong to a change.
local function audit(json)
  local r = cjson.decode(json)
  if #r.line > 0 then
    redis.call('XADD', r.audit, 'MINID', '~', r.oldest, '*', unpack(r.line))
  end
  redis.call('EXPIRE', r.audit, r.audit_kept)
  for field, by in pairs(r.counts) do redis.call('HINCRBY', r.day, field, by) end
  for field, value in pairs(r.longest) do
    local known = tonumber(redis.call('HGET', r.day, field) or '0')
    if value > known then redis.call('HSET', r.day, field, value) end
  end
  redis.call('EXPIRE', r.day, r.day_kept)
  redis.call('PUBLISH', r.channel, r.topic)
end
