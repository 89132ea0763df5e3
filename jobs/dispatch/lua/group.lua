-- Counts one group.
-- KEYS: the queue's eight keys
-- ARGV: group
-- Answer: {waiting, active}
--@ keys groups
local head = redis.call('HGET', HEADS, ARGV[1])
local waiting = redis.call('ZLEXCOUNT', GROUPED, all_of(ARGV[1]))
if head and redis.call('ZSCORE', READY, head) then
  waiting = waiting + 1
end
return { waiting, redis.call('ZLEXCOUNT', BUSY, all_of(ARGV[1])) }
