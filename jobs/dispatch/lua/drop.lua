-- Drops active entries whose rows are over, whoever took them; live ones go back to ready.
-- KEYS: the queue's eight keys
-- ARGV: triples id, owner as last seen, 1 to put it back to ready | 0 to remove it
-- Answer: number of entries that were still as last seen
--@ keys epoch score mark
local fair
if redis.call('EXISTS', string.sub(READY, 1, -6) .. 'groups') == 1 then
--@ groups turns shares
  fair = { put_back = put_back, forget = forget }
end
local changed = 0
for i = 1, #ARGV, 3 do
  local id, owner = ARGV[i], ARGV[i + 1]
  if redis.call('HGET', ACTIVE, id) == owner then
    redis.call('HDEL', ACTIVE, id)
    if fair and ARGV[i + 2] ~= '1' then
      fair.forget(id)
    elseif fair then
      fair.put_back(id, string.match(owner, ' (%d+)$'))
    elseif ARGV[i + 2] == '1' then
      redis.call('ZADD', READY, string.match(owner, ' (%d+)$'), id)
    end
    changed = changed + 1
  end
end
mark(slots())
return changed
