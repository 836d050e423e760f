-- Sweeps a partition: stores the published counts, removes the sets of dead gateways, accounts the minutes of running shows,
-- and returns the rooms whose count must be published. Follows viewers-show.lua.
-- KEYS: leases, batches, changed, published, sweep state, on-air
-- ARGV: prefixes of count, totals, unique, present, minutes and set keys; maximum rooms; maximum removals;
--       ms without a sweep that count as a gap; ms to settle after a gap; ms before its expiry at which a lease is late;
--       minimum ms between two sweeps; then stream key, published count ...
-- Returns the number of participants in sets with a late renewal; then stream key, count, stream key, count ...
local leases, batches, changed, published, sweepState, onAir = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local countPrefix, totalsPrefix, uniquePrefix, presentPrefix, minutesPrefix = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local setPrefix, maxRooms, maxRemovals, gap = ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local settleTime, lateThreshold, interval = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local FIRST_PUBLISHED = 13
-- Stored instead of a count: another publication was requested (viewers-republish.lua), or is under way for that request.
local REQUESTED, REPUBLISHING = -1, -2
local now = clock()

local function showOf(key)
  return {
    count = countPrefix .. key,
    totals = totalsPrefix .. key,
    unique = uniquePrefix .. key,
    present = presentPrefix .. key,
    minutes = minutesPrefix .. key,
  }
end

for i = FIRST_PUBLISHED, #ARGV, 2 do
  local key, count = ARGV[i], tonumber(ARGV[i + 1])
  -- A request that came after this publication must not be lost: the room may have missed it.
  if tonumber(redis.call('HGET', published, key) or 0) ~= REQUESTED then
    if count == 0 then redis.call('HDEL', published, key) else redis.call('HSET', published, key, count) end
  end
end

-- A gap between sweeps means that Redis was unavailable, for gateways too: they get time to renew before removals start.
-- A missing state means that Redis lost its data: no counts are published before all gateways have announced their sets.
local lastSweep, removeFrom, publishFrom = string.match(redis.call('GET', sweepState) or '', '(%d+) (%d+) (%d+)')
lastSweep, removeFrom = tonumber(lastSweep or 0), tonumber(removeFrom or 0)
publishFrom = tonumber(publishFrom or now + settleTime)
-- After a change of owner the last owner may have just swept: the publication rate of a room must not rise.
if now - lastSweep < interval then return { 0 } end
if now - lastSweep > gap then removeFrom = now + settleTime end
redis.call('SET', sweepState, whole(now) .. ' ' .. whole(removeFrom) .. ' ' .. whole(publishFrom))

local unconfirmed, removals = 0, maxRemovals
local late = redis.call('ZRANGEBYSCORE', leases, '-inf', whole(now + lateThreshold), 'WITHSCORES', 'LIMIT', 0, 1000)
for i = 1, #late, 2 do
  local setId, expiry = late[i], tonumber(late[i + 1])
  local set = setPrefix .. setId
  if expiry > now or now < removeFrom then
    unconfirmed = unconfirmed + redis.call('SCARD', set)
  elseif removals > 0 then
    local key = string.match(setId, '^[^:]+')
    local show = showOf(key)
    redis.call('HDEL', batches, setId) -- if the gateway recovers, it announces the set again
    account(show, now)
    local removed = redis.call('SPOP', set, removals)
    for _, participant in ipairs(removed) do
      if redis.call('HINCRBY', show.count, participant, -1) <= 0 then redis.call('HDEL', show.count, participant) end
    end
    removals = removals - #removed
    if #removed > 0 then redis.call('SADD', changed, key) end
    if redis.call('EXISTS', set) == 0 then redis.call('ZREM', leases, setId) end
  end
end

for _, key in ipairs(redis.call('ZRANGEBYSCORE', onAir, '-inf', whole(now), 'LIMIT', 0, maxRooms)) do
  local minute = account(showOf(key), now)
  if minute then redis.call('ZADD', onAir, whole(minute + MINUTE), key) else redis.call('ZREM', onAir, key) end
end

local result = { unconfirmed }
if now >= publishFrom then
  for _, key in ipairs(redis.call('SRANDMEMBER', changed, maxRooms)) do
    local count = redis.call('HLEN', countPrefix .. key)
    local lastPublished = tonumber(redis.call('HGET', published, key) or 0)
    if count == lastPublished then
      redis.call('SREM', changed, key)
    else
      if lastPublished == REQUESTED then redis.call('HSET', published, key, REPUBLISHING) end
      result[#result + 1] = key
      result[#result + 1] = count
    end
  end
end
return result
