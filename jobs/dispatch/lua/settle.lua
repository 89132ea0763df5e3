-- Puts the active rows back into `active` after an epoch change, and lifts `settling` at the end.
-- KEYS: the queue's eight keys
-- ARGV: settling value to lift ('' not yet), then triples id, process, priority
-- Answer: 1 if lifted
--@ keys score mark
for i = 2, #ARGV, 3 do
  local id = ARGV[i]
  redis.call('ZREM', READY, id)
  redis.call('ZREM', DELAYED, id)
  redis.call('HSET', ACTIVE, id, ARGV[i + 1] .. ' ' .. ready_score(id, 1000 - ARGV[i + 2]))
end
if ARGV[1] == '' or redis.call('GET', SETTLING) ~= ARGV[1] then
  return 0
end
redis.call('DEL', SETTLING)
redis.call('ZADD', MARKER, 0, 'go')
return 1
