-- Publishes what was put where, in one stream entry, while somebody listens (publish.py). Both keys carry the queue's
-- hash tag; they are not declared, so that the other calls need not carry them.
local listened = redis.call('EXISTS', string.sub(READY, 1, -6) .. 'listeners') == 1
local told = {}

local function tell(id, event)
  if listened then
    told[#told + 1] = {id, event}
  end
end

local function publish()
  if #told > 0 then
    redis.call('XADD', string.sub(READY, 1, -6) .. 'events', 'MAXLEN', '~', 2000, '*', 'events', cjson.encode(told))
  end
end
