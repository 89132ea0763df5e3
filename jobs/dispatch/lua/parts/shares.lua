-- What happens to a job with a group on its way (groups.lua says how groups are kept).

-- Remembers what group a job is in.
local function keep(id, lane, group)
  redis.call('HSET', GROUPS, id, string.format('%04d', lane) .. group)
  grouped = true
end

-- Lets a job wait in its group.
local function queue_up(id, lane, group)
  keep(id, lane, group)
  redis.call('ZADD', GROUPED, 0, member(id, lane, group))
  lift(group)
end

-- Takes a job that is not active out of its group; returns 1 if it waited behind the head.
local function forget(id)
  local lane, group = share_of(id)
  if not group then
    return 0
  end
  redis.call('HDEL', GROUPS, id)
  local waited = redis.call('ZREM', GROUPED, member(id, lane, group))
  redis.call('ZREM', BUSY, group .. '\0' .. id)
  lift(group)
  return waited
end

-- Gives up the place of a job that was taken; it stays its group's.
local function unbusy(id)
  local _, group = share_of(id)
  if group then
    redis.call('ZREM', BUSY, group .. '\0' .. id)
    lift(group)
  end
end

-- Puts a job that was taken back: into its group, else into ready with the score that it had.
local function put_back(id, score)
  local lane, group = share_of(id)
  if not group then
    redis.call('ZADD', READY, score, id)
    return
  end
  redis.call('ZREM', BUSY, group .. '\0' .. id)
  queue_up(id, lane, group)
end
