-- Drops active entries whose rows are over, whoever took them; live ones go back to ready.
-- KEYS: the queue's eight keys
-- ARGV: triples id, owner as last seen, 1 to put it back to ready | 0 to remove it
-- Answer: number of entries that were still as last seen
--@ keys epoch score mark
local changed = 0
for i = 1, #ARGV, 3 do
  local id, owner = ARGV[i], ARGV[i + 1]
  if redis.call('HGET', ACTIVE, id) == owner then
    redis.call('HDEL', ACTIVE, id)
    if ARGV[i + 2] == '1' then
      redis.call('ZADD', READY, string.match(owner, ' (%d+)$'), id)
    end
    changed = changed + 1
  end
end
mark(slots())
return changed
