-- Removes a queue's entries, a bounded number a call; limits, epoch and events stay.
-- KEYS: the queue's eight keys
-- ARGV: number of entries
-- Answer: entries left in ready, delayed and groups
--@ keys
local BASE = string.sub(READY, 1, -6)
if redis.call('EXISTS', BASE .. 'groups') == 1 then
  for _, key in ipairs({ READY, DELAYED }) do
    for _, id in ipairs(redis.call('ZRANGE', key, 0, ARGV[1] - 1)) do
      redis.call('HDEL', BASE .. 'groups', id)
    end
  end
  for _, member in ipairs(redis.call('ZRANGE', BASE .. 'grouped', 0, ARGV[1] - 1)) do
    redis.call('HDEL', BASE .. 'groups', string.sub(member, -36))
  end
  redis.call('ZREMRANGEBYRANK', BASE .. 'grouped', 0, ARGV[1] - 1)
  redis.call('DEL', BASE .. 'heads', BASE .. 'resting')
end
redis.call('ZREMRANGEBYRANK', READY, 0, ARGV[1] - 1)
redis.call('ZREMRANGEBYRANK', DELAYED, 0, ARGV[1] - 1)
return redis.call('ZCARD', READY) + redis.call('ZCARD', DELAYED) + redis.call('ZCARD', BASE .. 'grouped')
