-- Removes a queue's entries, a bounded number a call; limits, epoch and events stay.
-- KEYS: the queue's eight keys
-- ARGV: number of entries
-- Answer: entries left in ready and delayed
--@ keys
redis.call('ZREMRANGEBYRANK', READY, 0, ARGV[1] - 1)
redis.call('ZREMRANGEBYRANK', DELAYED, 0, ARGV[1] - 1)
return redis.call('ZCARD', READY) + redis.call('ZCARD', DELAYED)
