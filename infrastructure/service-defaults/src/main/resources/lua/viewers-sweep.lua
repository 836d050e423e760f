-- Notes what rooms were told since the last sweep, takes out what gateways left behind that are gone, and says which
-- rooms are to be told.
-- KEYS: leases, batches, changed, told, swept
-- ARGV: start of count keys, start of at keys, rooms at the most, participants at the most,
--       ms without a sweep that are a gap, ms to settle, ms before its end at which a lease is late,
--       ms between two sweeps at the least, then stream key, count told ...
-- Answers how many participants are in sets whose renewal is late; then stream key, count, stream key, count ...
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function whole(number) return string.format('%.0f', number) end

-- A gap in the sweeps means that Redis was away, for gateways too: they get time to renew before anybody is taken out.
-- Nothing at all means that Redis has lost its data: the rooms are not told before all gateways have announced theirs.
local last, reap, tell = string.match(redis.call('GET', KEYS[5]) or '', '(%d+) (%d+) (%d+)')
if not last then last, reap, tell = 0, 0, now + ARGV[6] end
for i = 9, #ARGV, 2 do
  local key, said = ARGV[i], tonumber(ARGV[i + 1])
  if said == 0 then redis.call('HDEL', KEYS[4], key) else redis.call('HSET', KEYS[4], key, said) end
end

-- The last owner swept a moment ago: a room hears no more often because its owner changes.
if now - last < tonumber(ARGV[8]) then return { 0 } end

if now - last > tonumber(ARGV[5]) then reap = now + ARGV[6] end
redis.call('SET', KEYS[5], whole(now) .. ' ' .. whole(reap) .. ' ' .. whole(tell))

local doubtful, left = 0, tonumber(ARGV[4])
local late = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now + ARGV[7], 'WITHSCORES', 'LIMIT', 0, 1000)
for i = 1, #late, 2 do
  local at = ARGV[2] .. late[i]
  if tonumber(late[i + 1]) > now or now < tonumber(reap) then
    doubtful = doubtful + redis.call('SCARD', at)
  elseif left > 0 then
    local key = string.match(late[i], '^[^:]+')
    redis.call('HDEL', KEYS[2], late[i]) -- should its gateway come back, it announces the set anew
    local gone = redis.call('SPOP', at, left)
    for _, who in ipairs(gone) do
      if redis.call('HINCRBY', ARGV[1] .. key, who, -1) <= 0 then redis.call('HDEL', ARGV[1] .. key, who) end
    end
    left = left - #gone
    if #gone > 0 then redis.call('SADD', KEYS[3], key) end
    if redis.call('EXISTS', at) == 0 then redis.call('ZREM', KEYS[1], late[i]) end
  end
end

local answer = { doubtful }
if now >= tonumber(tell) then
  for _, key in ipairs(redis.call('SRANDMEMBER', KEYS[3], ARGV[3])) do
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
