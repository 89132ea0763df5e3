-- Puts ids where they belong; one that is anywhere already is left alone, unless `replace`.
-- KEYS: the queue's eight keys
-- ARGV: replace (1 | 0), then for each job: id, priority, delay left in ms
-- Answer: number of entries put
--@ keys epoch score mark tell
local replace, put, sooner = ARGV[1] == '1', 0, false
local head = redis.call('ZRANGE', DELAYED, 0, 0, 'WITHSCORES')[2]
for i = 2, #ARGV, 3 do
  local id, lane, delay = ARGV[i], 1000 - ARGV[i + 1], tonumber(ARGV[i + 2])
  if replace then
    redis.call('ZREM', READY, id)
    redis.call('ZREM', DELAYED, id)
    redis.call('HDEL', ACTIVE, id)
  end
  if replace or not (redis.call('ZSCORE', READY, id) or redis.call('ZSCORE', DELAYED, id)
      or redis.call('HEXISTS', ACTIVE, id) == 1) then
    if delay > 0 then
      local score = delayed_score(lane, NOW + delay)
      redis.call('ZADD', DELAYED, score, id)
      sooner = sooner or not head or tonumber(score) < tonumber(head)
      tell(id, 'delayed')
    else
      redis.call('ZADD', READY, ready_score(id, lane), id)
      tell(id, 'waiting')
    end
    put = put + 1
  end
end
publish()
if mark(slots()) == 0 and sooner and not limits[1] then
  redis.call('ZADD', MARKER, 0, 'go')  -- somebody must learn the new due time
end
return put
