-- Notices a Redis that is new or older than we know: its run_id is not the remembered one.
-- Sets `settling`, so that nothing is taken until the caretaker has put the active rows back.
local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
if redis.call('HGET', EPOCH, 'run_id') ~= run_id then
  local value = run_id .. ':' .. clock[1] .. '.' .. clock[2]
  redis.call('HSET', EPOCH, 'run_id', run_id, 'value', value)
  redis.call('SET', SETTLING, value)
end
