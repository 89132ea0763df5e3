-- Scores. A score is passed on as the text that Redis gave or as a number, never joined to a text:
-- Lua prints 14 digits.
local function ready_score(id, lane)
  local ms = NOW  -- an id that is no UUIDv7 (a plain Dramatiq message's) holds no time
  if string.sub(id, 15, 15) == '7' then
    ms = tonumber(string.sub(id, 1, 8) .. string.sub(id, 10, 13), 16)
  end
  return string.format('%.0f', lane * RANK + ms)
end

local function delayed_score(lane, due)
  return string.format('%.0f', due * LANES + lane)
end

local function lane_of(score)
  return math.floor(tonumber(score) / RANK)
end
