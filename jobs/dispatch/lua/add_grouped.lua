-- Puts ids into their groups; one that is anywhere already is left alone, unless `replace`.
-- KEYS: the queue's eight keys
-- ARGV: replace (1 | 0), then for each job: id, priority, delay left in ms, group
-- Answer: number of entries put
--@ keys epoch score mark tell groups turns shares
local replace, put = ARGV[1] == '1', 0
for i = 2, #ARGV, 4 do
  local id, lane, delay, group = ARGV[i], 1000 - ARGV[i + 1], tonumber(ARGV[i + 2]), ARGV[i + 3]
  if replace then
    redis.call('ZREM', READY, id)
    redis.call('ZREM', DELAYED, id)
    redis.call('HDEL', ACTIVE, id)
    forget(id)
  end
  local old_lane, old_group = share_of(id)
  local known = redis.call('ZSCORE', READY, id) or redis.call('ZSCORE', DELAYED, id)
    or redis.call('HEXISTS', ACTIVE, id) == 1 or (old_group and redis.call('ZSCORE', GROUPED, member(id, old_lane, old_group)))
  if not known then
    if delay > 0 then
      keep(id, lane, group)
      redis.call('ZADD', DELAYED, delayed_score(lane, NOW + delay), id)
      tell(id, 'delayed')
    else
      queue_up(id, lane, group)
      tell(id, 'waiting')
    end
    put = put + 1
  end
end
publish()
if mark(slots()) == 0 and put > 0 and not limits[1] then
  redis.call('ZADD', MARKER, 0, 'go')  -- somebody must learn of new due times and resting groups
end
return put
