-- How many jobs may start now (paused, settling, held, max_active, rate window), and in how many ms a slot frees.
local limits = redis.call('HMGET', LIMITS, 'paused', 'max_active', 'max_starts', 'window_ms', 'held_until', 'concurrency')

local function slots()
  if limits[1] or redis.call('EXISTS', SETTLING) == 1 then
    return 0, -1
  end
  if limits[5] and tonumber(limits[5]) > NOW then
    return 0, limits[5] - NOW
  end
  local free, wait = 1000000, -1
  if limits[2] then
    free = tonumber(limits[2]) - redis.call('HLEN', ACTIVE)
  end
  if limits[3] then
    local window = tonumber(limits[4])
    redis.call('ZREMRANGEBYSCORE', STARTS, '-inf', NOW - window)
    local left = tonumber(limits[3]) - redis.call('ZCARD', STARTS)
    if left < free then
      free = left
    end
    if left <= 0 then
      local oldest = redis.call('ZRANGE', STARTS, 0, 0, 'WITHSCORES')
      wait = oldest[2] + window - NOW + 1
    end
  end
  return free, wait
end

-- Wakes one taker if something is startable; returns 1 then.
local function mark(free)
  if free > 0 and redis.call('ZCARD', READY) > 0 then
    redis.call('ZADD', MARKER, 0, 'go')
    return 1
  end
  return 0
end
