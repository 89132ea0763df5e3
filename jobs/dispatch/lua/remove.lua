-- Removes ids from ready and delayed; active entries stay, their process acknowledges them.
-- KEYS: the queue's eight keys
-- ARGV: ids
-- Answer: number of entries removed
--@ keys epoch
local removed = 0
for i = 1, #ARGV do
  removed = removed + redis.call('ZREM', READY, ARGV[i]) + redis.call('ZREM', DELAYED, ARGV[i])
end
return removed
