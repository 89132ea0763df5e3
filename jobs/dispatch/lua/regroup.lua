-- Counts active jobs as their groups' after an epoch change.
-- KEYS: the queue's eight keys
-- ARGV: triples id, priority, group
-- Answer: number of jobs
--@ keys score groups turns shares
for i = 1, #ARGV, 3 do
  local id, lane, group = ARGV[i], 1000 - ARGV[i + 1], ARGV[i + 2]
  forget(id)
  keep(id, lane, group)
  redis.call('ZADD', BUSY, 0, group .. '\0' .. id)
end
return #ARGV / 3
