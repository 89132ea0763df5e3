-- Gives active entries of a process back: to ready, or to delayed for a while. Others' entries stay.
-- KEYS: the queue's eight keys
-- ARGV: process, then pairs id, delay in ms; no pairs: everything of this process goes to ready
-- Answer: number of entries given back
--@ keys epoch score mark
local fair
if redis.call('EXISTS', string.sub(READY, 1, -6) .. 'groups') == 1 then
--@ groups turns shares
  fair = { put_back = put_back, unbusy = unbusy }
end
local process, back = ARGV[1], 0

local function give(id, owner, delay)
  if not owner or string.sub(owner, 1, #process) ~= process then
    return
  end
  local score = string.sub(owner, #process + 2)
  redis.call('HDEL', ACTIVE, id)
  if delay > 0 then
    if fair then
      fair.unbusy(id)
    end
    redis.call('ZADD', DELAYED, delayed_score(lane_of(score), NOW + delay), id)
  elseif fair then
    fair.put_back(id, score)
  else
    redis.call('ZADD', READY, score, id)
  end
  back = back + 1
end

if #ARGV == 1 then
  local active = redis.call('HGETALL', ACTIVE)
  for i = 1, #active, 2 do
    give(active[i], active[i + 1], 0)
  end
else
  for i = 2, #ARGV, 2 do
    give(ARGV[i], redis.call('HGET', ACTIVE, ARGV[i]), tonumber(ARGV[i + 1]))
  end
end
redis.call('ZADD', MARKER, 0, 'go')  -- also for a delayed one: somebody must learn its due time
return back
