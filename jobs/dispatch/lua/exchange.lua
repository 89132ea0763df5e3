-- Acknowledges what is committed, promotes what is due, and takes ids for a process.
-- KEYS: the queue's eight keys
-- ARGV: process, number wanted, then the acknowledged ids
-- Answer: {ms until the next due time | -1, ms until a rate slot frees or a hold ends | -1, 1 if startable is left,
--   1 if limited, concurrency of a process | -1, ids…}
--@ keys epoch score mark
local process, want = ARGV[1], tonumber(ARGV[2])
for i = 3, #ARGV do
  local owner = redis.call('HGET', ACTIVE, ARGV[i])
  if owner and string.sub(owner, 1, #process) == process then
    redis.call('HDEL', ACTIVE, ARGV[i])
  end
end

local due = redis.call('ZRANGE', DELAYED, '-inf', string.format('%.0f', NOW * LANES + LANES - 1),
  'BYSCORE', 'LIMIT', 0, 500, 'WITHSCORES')
for i = 1, #due, 2 do
  redis.call('ZREM', DELAYED, due[i])
  redis.call('ZADD', READY, ready_score(due[i], math.fmod(tonumber(due[i + 1]), LANES)), due[i])
end

local free, slot_in = slots()
local answer = { -1, slot_in, 0, (limits[2] or limits[3]) and 1 or 0, tonumber(limits[6] or -1) }
local take = math.min(want, free)
if take > 0 then
  local popped = redis.call('ZPOPMIN', READY, take)
  for i = 1, #popped, 2 do
    redis.call('HSET', ACTIVE, popped[i], process .. ' ' .. popped[i + 1])
    if limits[3] then
      redis.call('ZADD', STARTS, NOW, popped[i] .. ' ' .. NOW)
    end
    answer[#answer + 1] = popped[i]
  end
  free = free - #popped / 2
  if free <= 0 then
    free, answer[2] = slots()  -- the take may have filled the window: tell when it opens
  end
end
answer[3] = mark(free)

local head = redis.call('ZRANGE', DELAYED, 0, 0, 'WITHSCORES')[2]
if head then
  answer[1] = math.max(0, math.floor(tonumber(head) / LANES) - NOW)
end
return answer
