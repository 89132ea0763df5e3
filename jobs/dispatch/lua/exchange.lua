-- Acknowledges what is committed, promotes what is due, and takes ids for a process.
-- KEYS: the queue's eight keys
-- ARGV: process, number wanted, then the acknowledged ids
-- Answer: {ms until the next due time | -1, ms until a rate slot frees or a hold ends | -1, 1 if startable is left,
--   1 if limited, concurrency of a process | -1, ids…}
--@ keys epoch score mark
local fair
if redis.call('EXISTS', string.sub(READY, 1, -6) .. 'groups') == 1 then
--@ groups turns shares start
  fair = { start = start, forget = forget, queue_up = queue_up, share_of = share_of, wake = wake_groups,
    limited = redis.call('EXISTS', SHARES) == 1 }
end
local process, want = ARGV[1], tonumber(ARGV[2])
for i = 3, #ARGV do
  local owner = redis.call('HGET', ACTIVE, ARGV[i])
  if owner and string.sub(owner, 1, #process) == process then
    redis.call('HDEL', ACTIVE, ARGV[i])
    if fair then
      fair.forget(ARGV[i])
    end
  end
end

local due = redis.call('ZRANGE', DELAYED, '-inf', string.format('%.0f', NOW * LANES + LANES - 1),
  'BYSCORE', 'LIMIT', 0, 500, 'WITHSCORES')
for i = 1, #due, 2 do
  redis.call('ZREM', DELAYED, due[i])
  local lane, group
  if fair then
    lane, group = fair.share_of(due[i])
  end
  if group then
    fair.queue_up(due[i], lane, group)
  else
    redis.call('ZADD', READY, ready_score(due[i], math.fmod(tonumber(due[i + 1]), LANES)), due[i])
  end
end
if fair then
  fair.wake()
end

local free, slot_in = slots()
local answer = { -1, slot_in, 0, (limits[2] or limits[3] or fair and fair.limited) and 1 or 0, tonumber(limits[6] or -1) }
local take = math.min(want, free)
if take > 0 then
  local taken, rounds = 0, fair and take + 100 or 1  -- of each group one job stands in ready: as many rounds as jobs
  repeat
    local popped = redis.call('ZPOPMIN', READY, take - taken)
    for i = 1, #popped, 2 do
      local owner = process .. ' ' .. popped[i + 1]
      if not fair or fair.start(popped[i], owner) then
        redis.call('HSET', ACTIVE, popped[i], owner)
        if limits[3] then
          redis.call('ZADD', STARTS, NOW, popped[i] .. ' ' .. NOW)
        end
        answer[#answer + 1] = popped[i]
        taken = taken + 1
      end
    end
    rounds = rounds - 1
  until taken == take or #popped == 0 or rounds == 0
  free = free - taken
  if free <= 0 then
    free, answer[2] = slots()  -- the take may have filled the window: tell when it opens
  end
end
answer[3] = mark(free)

local head = redis.call('ZRANGE', DELAYED, 0, 0, 'WITHSCORES')[2]
if head then
  answer[1] = math.max(0, math.floor(tonumber(head) / LANES) - NOW)
end
local rested = fair and fair.wake()  -- also a group that has just used its window up
if rested and (answer[1] < 0 or rested < answer[1]) then
  answer[1] = rested
end
return answer
