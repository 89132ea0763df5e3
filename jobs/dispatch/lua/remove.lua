-- Removes ids from ready and delayed; active entries stay, their process acknowledges them.
-- KEYS: the queue's eight keys
-- ARGV: ids
-- Answer: number of entries removed
--@ keys epoch score
local fair
if redis.call('EXISTS', string.sub(READY, 1, -6) .. 'groups') == 1 then
--@ groups turns shares
  fair = { forget = forget }
end
local removed = 0
for i = 1, #ARGV do
  removed = removed + redis.call('ZREM', READY, ARGV[i]) + redis.call('ZREM', DELAYED, ARGV[i])
  if fair and redis.call('HEXISTS', ACTIVE, ARGV[i]) == 0 then
    removed = removed + fair.forget(ARGV[i])
  end
end
return removed
