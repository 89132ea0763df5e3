-- Sets a queue's limits; an empty text removes one. Wakes a taker where that frees something.
-- KEYS: the queue's eight keys
-- ARGV: paused (1 | ''), max_active, max_starts, window_ms, concurrency (of a process), ms for which nothing may start
-- Answer: 1
--@ keys epoch
local names = { 'paused', 'max_active', 'max_starts', 'window_ms', 'concurrency', 'held_until' }
if ARGV[6] ~= '' then
  ARGV[6] = string.format('%.0f', NOW + ARGV[6])
end
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
