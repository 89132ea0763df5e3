-- Fair shares. Of each group at most one job, its head, stands in `ready`; the others wait in `grouped`, one zset for
-- all groups, in the order of "group \0 lane ms id". A head that is taken is followed by the group's next job, which
-- stands behind the heads of then: round-robin. A group is there while it has jobs, and costs nothing else. The keys
-- carry the queue's hash tag; they are not declared, so that calls without groups need not carry them.
--   groups  hash  id → "lane group", from add until acknowledged     busy    zset  "group \0 id" of what is taken
--   heads   hash  group → id in ready; '' → the latest turn          recent  zset  "group \0 ms id" of what has started
--   shares  hash  group → "active starts ms"; '' → of every group    resting zset  group → when its rate allows a start
local BASE = string.sub(READY, 1, -6)
local GROUPS, GROUPED, HEADS = BASE .. 'groups', BASE .. 'grouped', BASE .. 'heads'
local SHARES, BUSY, RECENT, RESTING = BASE .. 'shares', BASE .. 'busy', BASE .. 'recent', BASE .. 'resting'
local grouped = redis.call('EXISTS', GROUPS) == 1

local function all_of(group)
  return '[' .. group .. '\0', '(' .. group .. '\1'
end

-- The lane and the group of an id, nil if it has none.
local function share_of(id)
  local place = grouped and redis.call('HGET', GROUPS, id)
  if place then
    return tonumber(string.sub(place, 1, 4)), string.sub(place, 5)
  end
end

local function member(id, lane, group)
  local ms = string.rep('0', 13)
  if string.sub(id, 15, 15) == '7' then
    ms = string.format('%013.0f', tonumber(string.sub(id, 1, 8) .. string.sub(id, 10, 13), 16))
  end
  return group .. '\0' .. string.format('%04d', lane) .. ms .. id
end
