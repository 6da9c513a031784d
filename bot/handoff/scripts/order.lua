-- Puts the waiting cases of one origin where they belong; returns how many they are.
local function order(queue, cases, origins, origin, later, behind)
  if not origin or origin == '' then return 0 end
  local rows = {}
  for _, id in ipairs(redis.call('SMEMBERS', origins .. origin)) do
    local of = redis.call('HMGET', cases .. id, 'opened', 'level', 'state')
    local opened = tonumber(of[1])
    if opened and of[3] == 'waiting' then
      rows[#rows + 1] = {id, opened + (of[2] == 'urgent' and 0 or later)}
    else
      redis.call('SREM', origins .. origin, id)
    end
  end
  table.sort(rows, function(a, b) return a[2] < b[2] or (a[2] == b[2] and a[1] < b[1]) end)
  for index, row in ipairs(rows) do
    redis.call('ZADD', queue, 'XX', row[2] + (index - 1) * behind, row[1])
  end
  return #rows
end
