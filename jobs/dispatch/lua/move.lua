-- Puts ids whose row has got another priority or due time where they belong now; one that is taken stays taken.
-- KEYS: the queue's eight keys
-- ARGV: for each job: id, priority, delay left in ms
-- Answer: number of entries put
--@ keys epoch score mark
local fair
if redis.call('EXISTS', string.sub(READY, 1, -6) .. 'groups') == 1 then
--@ groups turns shares
  fair = { share_of = share_of, forget = forget, queue_up = queue_up, keep = keep }
end
local put = 0
for i = 1, #ARGV, 3 do
  local id, lane, delay = ARGV[i], 1000 - ARGV[i + 1], tonumber(ARGV[i + 2])
  if redis.call('HEXISTS', ACTIVE, id) == 0 then
    local _, group
    redis.call('ZREM', READY, id)
    redis.call('ZREM', DELAYED, id)
    if fair then
      _, group = fair.share_of(id)
      fair.forget(id)
    end
    if delay > 0 then
      if group then
        fair.keep(id, lane, group)
      end
      redis.call('ZADD', DELAYED, delayed_score(lane, NOW + delay), id)
    elseif group then
      fair.queue_up(id, lane, group)
    else
      redis.call('ZADD', READY, ready_score(id, lane), id)
    end
    put = put + 1
  end
end
if mark(slots()) == 0 and put > 0 and not limits[1] then
  redis.call('ZADD', MARKER, 0, 'go')  -- somebody must learn the new due times
end
return put
