-- Names for the eight keys that every script of a queue takes, in this order (keys.py).
local READY, DELAYED, ACTIVE, MARKER = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local LIMITS, STARTS, EPOCH, SETTLING = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local RANK, LANES = 4398046511104, 1024
local clock = redis.call('TIME')
local NOW = clock[1] * 1000 + math.floor(clock[2] / 1000)
