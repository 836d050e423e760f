-- Notes what rooms were told since the last sweep, takes out what gateways left behind that are gone, sums up the minutes of
-- shows, and says which rooms are to be told. Follows viewers-show.lua.
-- KEYS: leases, batches, changed, told, swept, on-air
-- ARGV: start of count, totals, unique, present, minutes and at keys, rooms at the most, participants at the most,
--       ms without a sweep that are a gap, ms to settle, ms before its end at which a lease is late,
--       ms between two sweeps at the least, then stream key, count told ...
-- Answers how many participants are in sets whose renewal is late; then stream key, count, stream key, count ...
local ROOMS, TAKEN_OUT, GAP, SETTLE, LATE, INTERVAL = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local now = clock()

local function show(key)
  return { count = ARGV[1] .. key, totals = ARGV[2] .. key, unique = ARGV[3] .. key, present = ARGV[4] .. key, minutes = ARGV[5] .. key }
end

for i = 13, #ARGV, 2 do
  local key, said = ARGV[i], tonumber(ARGV[i + 1])
  if said == 0 then redis.call('HDEL', KEYS[4], key) else redis.call('HSET', KEYS[4], key, said) end
end

-- A gap in the sweeps means that Redis was away, for gateways too: they get time to renew before anybody is taken out.
-- Nothing at all means that Redis has lost its data: the rooms are not told before all gateways have announced theirs.
local last, reap, tell = string.match(redis.call('GET', KEYS[5]) or '', '(%d+) (%d+) (%d+)')
last, reap, tell = tonumber(last or 0), tonumber(reap or 0), tonumber(tell or now + SETTLE)
-- The last owner swept a moment ago: a room hears no more often because its owner changes.
if now - last < INTERVAL then return { 0 } end
if now - last > GAP then reap = now + SETTLE end
redis.call('SET', KEYS[5], whole(now) .. ' ' .. whole(reap) .. ' ' .. whole(tell))

local doubtful, left = 0, TAKEN_OUT
local late = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', whole(now + LATE), 'WITHSCORES', 'LIMIT', 0, 1000)
for i = 1, #late, 2 do
  local at = ARGV[6] .. late[i]
  if tonumber(late[i + 1]) > now or now < reap then
    doubtful = doubtful + redis.call('SCARD', at)
  elseif left > 0 then
    local key = string.match(late[i], '^[^:]+')
    local s = show(key)
    redis.call('HDEL', KEYS[2], late[i]) -- should its gateway come back, it announces the set anew
    account(s, now)
    local gone = redis.call('SPOP', at, left)
    for _, who in ipairs(gone) do
      if redis.call('HINCRBY', s.count, who, -1) <= 0 then redis.call('HDEL', s.count, who) end
    end
    left = left - #gone
    if #gone > 0 then redis.call('SADD', KEYS[3], key) end
    if redis.call('EXISTS', at) == 0 then redis.call('ZREM', KEYS[1], late[i]) end
  end
end

for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', whole(now), 'LIMIT', 0, ROOMS)) do
  local minute = account(show(key), now)
  if minute then redis.call('ZADD', KEYS[6], whole(minute + MINUTE), key) else redis.call('ZREM', KEYS[6], key) end
end

local answer = { doubtful }
if now >= tell then
  for _, key in ipairs(redis.call('SRANDMEMBER', KEYS[3], ROOMS)) do
    local count = redis.call('HLEN', ARGV[1] .. key)
    if count == tonumber(redis.call('HGET', KEYS[4], key) or 0) then
      redis.call('SREM', KEYS[3], key)
    else
      answer[#answer + 1] = key
      answer[#answer + 1] = count
    end
  end
end
return answer
