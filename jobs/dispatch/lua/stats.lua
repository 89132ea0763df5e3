-- Counts a queue.
-- KEYS: the queue's eight keys
-- Answer: {waiting, delayed (not yet due), active, 1 if paused, settling value | ''}
--@ keys epoch
local due = redis.call('ZCOUNT', DELAYED, '-inf', string.format('%.0f', NOW * LANES + LANES - 1))
return {
  redis.call('ZCARD', READY) + due + redis.call('ZCARD', string.sub(READY, 1, -6) .. 'grouped'),
  redis.call('ZCARD', DELAYED) - due,
  redis.call('HLEN', ACTIVE),
  redis.call('HEXISTS', LIMITS, 'paused'),
  redis.call('GET', SETTLING) or '',
}
