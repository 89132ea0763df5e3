-- Looks where ids are, for the patrol.
-- KEYS: the queue's eight keys
-- ARGV: pairs id, ms left until due by its row (0: due)
-- Answer: one digit for each id: 0 in its place, 1 absent, 2 delayed for over 1 s longer than its row
--@ keys epoch score
local fair
if redis.call('EXISTS', string.sub(READY, 1, -6) .. 'groups') == 1 then
--@ groups turns shares start
  fair = { waits = waits }
end
local answer = {}
for i = 1, #ARGV, 2 do
  local id, left, found = ARGV[i], tonumber(ARGV[i + 1]), 0
  local due = redis.call('ZSCORE', DELAYED, id)
  if due then
    if math.floor(tonumber(due) / LANES) - NOW > left + 1000 then
      found = 2
    end
  elseif not redis.call('ZSCORE', READY, id) and redis.call('HEXISTS', ACTIVE, id) == 0 then
    found = fair and fair.waits(id) and 0 or 1
  end
  answer[#answer + 1] = found
end
return answer
