-- Names the jobs that have waited longest: the first few of each priority, and of what is due.
-- KEYS: the queue's eight keys
-- ARGV: priorities at most, entries of each
-- Answer: ids
--@ keys score
local ids, from = {}, '-inf'
for _ = 1, tonumber(ARGV[1]) do
  local found = redis.call('ZRANGEBYSCORE', READY, from, '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
  if #found == 0 then
    break
  end
  local lane = lane_of(found[2])
  for i = 1, #found, 2 do
    if lane_of(found[i + 1]) == lane then
      table.insert(ids, found[i])
    end
  end
  from = string.format('%.0f', (lane + 1) * RANK)
end
local due = string.format('%.0f', NOW * LANES + LANES - 1)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', DELAYED, '-inf', due, 'LIMIT', 0, ARGV[2])) do
  table.insert(ids, id)
end
return ids
