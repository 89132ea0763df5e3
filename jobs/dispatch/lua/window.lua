-- Fills the rate window from rows after an epoch change.
-- KEYS: the queue's eight keys
-- ARGV: pairs id, ms ago that it started
-- Answer: number of starts in the window
--@ keys
for i = 1, #ARGV, 2 do
  redis.call('ZADD', STARTS, NOW - ARGV[i + 1], ARGV[i] .. ' ' .. (NOW - ARGV[i + 1]))
end
return redis.call('ZCARD', STARTS)
