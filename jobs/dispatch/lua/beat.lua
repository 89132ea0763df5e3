-- Brings the active entries of a process in line with what it holds.
-- KEYS: the queue's eight keys
-- ARGV: process, number of held ids, the held ids, then of these the claimed ones as pairs id, priority
-- Answer: ids that went back to ready, taken by this process in an exchange whose answer it never got
--@ keys epoch score mark
local fair
if redis.call('EXISTS', string.sub(READY, 1, -6) .. 'groups') == 1 then
--@ groups turns shares
  fair = { put_back = put_back }
end
local process, count = ARGV[1], tonumber(ARGV[2])
local held, back = {}, {}
for i = 3, 2 + count do
  held[ARGV[i]] = true
end
local active = redis.call('HGETALL', ACTIVE)
for i = 1, #active, 2 do
  local id, owner = active[i], active[i + 1]
  if string.sub(owner, 1, #process) == process and not held[id] then
    redis.call('HDEL', ACTIVE, id)
    if fair then
      fair.put_back(id, string.sub(owner, #process + 2))
    else
      redis.call('ZADD', READY, string.sub(owner, #process + 2), id)
    end
    back[#back + 1] = id
  end
end
for i = 3 + count, #ARGV, 2 do
  local id = ARGV[i]
  if not (redis.call('HEXISTS', ACTIVE, id) == 1 or redis.call('ZSCORE', READY, id)
      or redis.call('ZSCORE', DELAYED, id)) then
    redis.call('HSET', ACTIVE, id, process .. ' ' .. ready_score(id, 1000 - ARGV[i + 1]))
  end
end
mark(slots())
return back
