local healed = {}

-- Takes out of `busy` what is not active: a count that could drift would close the group for good. True if some was.
local function recount(group)
  local freed = false
  healed[group] = true
  for _, one in ipairs(redis.call('ZRANGEBYLEX', BUSY, all_of(group))) do
    if redis.call('HEXISTS', ACTIVE, string.sub(one, #group + 2)) == 0 then
      redis.call('ZREM', BUSY, one)
      freed = true
    end
  end
  return freed
end

-- Why a group may start nothing: nil if it may, 0 until one of its jobs ends, else the ms until its rate allows it.
local function closed(group, heal)
  local share = redis.call('HGET', SHARES, group) or redis.call('HGET', SHARES, '')
  if not share then
    return nil
  end
  local active, starts, window = string.match(share, '^(%d*) (%d*) (%d*)$')
  if active ~= '' and redis.call('ZLEXCOUNT', BUSY, all_of(group)) >= tonumber(active) then
    if not heal or healed[group] or not recount(group) then
      return 0
    end
  end
  if starts ~= '' then
    local stamp = string.format('%013.0f', NOW - window)
    redis.call('ZREMRANGEBYLEX', RECENT, '[' .. group .. '\0', '(' .. group .. '\0' .. stamp)
    if redis.call('ZLEXCOUNT', RECENT, all_of(group)) >= tonumber(starts) then
      local oldest = redis.call('ZRANGEBYLEX', RECENT, '[' .. group .. '\0', '(' .. group .. '\1', 'LIMIT', 0, 1)[1]
      return math.max(1, tonumber(string.sub(oldest, #group + 2, #group + 14)) + window - NOW + 1)
    end
  end
  return nil
end

-- Lets the first waiting job of a group stand in ready, if the group has no head and may start something; with `heal`
-- its active jobs are counted anew first, once a call.
local function lift(group, heal)
  local head = redis.call('HGET', HEADS, group)
  if head and redis.call('ZSCORE', READY, head) then
    return
  end
  redis.call('HDEL', HEADS, group)
  local from, to = all_of(group)
  local first = redis.call('ZRANGEBYLEX', GROUPED, from, to, 'LIMIT', 0, 1)[1]
  if not first then
    return
  end
  local wait = closed(group, heal)
  if wait then
    if wait > 0 then
      redis.call('ZADD', RESTING, NOW + wait, group)
    end
    return
  end
  local lane, id = tonumber(string.sub(first, #group + 2, #group + 5)), string.sub(first, #group + 19)
  local turn = math.max(NOW, tonumber(redis.call('HGET', HEADS, '') or 0) + 1)
  redis.call('ZREM', GROUPED, first)
  redis.call('HSET', HEADS, group, id, '', string.format('%.0f', turn))
  redis.call('ZADD', READY, string.format('%.0f', lane * RANK + turn), id)
end
