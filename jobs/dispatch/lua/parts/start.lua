-- Whether a job waits behind its group's head; also heals a group that has none and might.
local function waits(id)
  local lane, group = share_of(id)
  if not group or not redis.call('ZSCORE', GROUPED, member(id, lane, group)) then
    return false
  end
  lift(group, true)
  return true
end

-- Takes a popped job for its owner, counts it as its group's, and lets the next one stand in ready; false if
-- the group may start nothing.
local function start(id, owner)
  local lane, group = share_of(id)
  if not group then
    return true
  end
  local wait = closed(group)
  if wait then
    queue_up(id, lane, group)
    return false
  end
  redis.call('HSET', ACTIVE, id, owner)
  redis.call('ZADD', BUSY, 0, group .. '\0' .. id)
  local share = redis.call('HGET', SHARES, group) or redis.call('HGET', SHARES, '')
  if share and string.match(share, ' (%d+) %d+$') then
    redis.call('ZADD', RECENT, 0, group .. '\0' .. string.format('%013.0f', NOW) .. id)
  end
  lift(group)
  return true
end

-- Lets groups go on whose rate allows it; returns the ms until the next one, nil if there is none.
local function wake_groups()
  for _, group in ipairs(redis.call('ZRANGEBYSCORE', RESTING, '-inf', NOW, 'LIMIT', 0, 200)) do
    redis.call('ZREM', RESTING, group)
    lift(group)
  end
  local first = redis.call('ZRANGE', RESTING, 0, 0, 'WITHSCORES')[2]
  return first and math.max(0, first - NOW)
end
