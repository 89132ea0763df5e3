-- Sets what groups may have of a queue; the groups that are not named have what '' has. Wakes groups and a taker.
-- KEYS: the queue's eight keys
-- ARGV: for each group: its name ('' for every group), "active starts ms" with nothing where there is no limit
-- Answer: 1
--@ keys score mark groups turns shares
local before = redis.call('HGETALL', SHARES)
local same = #before == #ARGV
for i = 1, #before, 2 do
  before[before[i]] = before[i + 1]
end
for i = 1, #ARGV, 2 do
  same = same and before[ARGV[i]] == ARGV[i + 1]
end
if same then
  return 1
end
redis.call('DEL', SHARES)
for i = 1, #ARGV, 2 do
  redis.call('HSET', SHARES, ARGV[i], ARGV[i + 1])
end
-- Who waits behind an old limit is let go: one look for each group with jobs, 1,000 at a time.
local from = '-'
for _ = 1, 1000 do
  local first = redis.call('ZRANGEBYLEX', GROUPED, from, '+', 'LIMIT', 0, 1)[1]
  if not first then
    break
  end
  local group = string.sub(first, 1, string.find(first, '\0', 1, true) - 1)
  lift(group)
  from = '[' .. group .. '\1'
end
mark(slots())
return 1
