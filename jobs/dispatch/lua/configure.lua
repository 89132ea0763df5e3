-- Sets a queue's limits; an empty text removes one. Wakes a taker where that frees something.
-- KEYS: the queue's eight keys
-- ARGV: paused (1 | ''), max_active, max_starts, window_ms
-- Answer: 1
--@ keys epoch
local names = { 'paused', 'max_active', 'max_starts', 'window_ms' }
for i, name in ipairs(names) do
  if ARGV[i] == '' then
    redis.call('HDEL', LIMITS, name)
  else
    redis.call('HSET', LIMITS, name, ARGV[i])
  end
end
if redis.call('ZCARD', READY) > 0 or redis.call('ZCARD', DELAYED) > 0 then
  redis.call('ZADD', MARKER, 0, 'go')
end
return 1
