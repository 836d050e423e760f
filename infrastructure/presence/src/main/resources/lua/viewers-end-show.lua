-- Ends a show: stores its record until PostgreSQL has it, and clears the room until the stream goes live again.
-- Follows viewers-show.lua.
-- KEYS: count, totals, unique, present, minutes, on-air, ended, end marker, leases, batches, changed
-- ARGV: stream key, end in ms, prefix of set keys, seconds until the end marker expires
-- Returns 1 if the show was ended, 0 for a repeated call.
local show = showKeys(1)
local onAir, ended, endMarker, leases, batches, changed = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local key, endMilliseconds, setPrefix, expirySeconds = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local to = tonumber(endMilliseconds)
local earlierEnd = redis.call('GET', endMarker)
if earlierEnd and tonumber(earlierEnd) >= to then return 0 end -- repeated call
local from = redis.call('HGET', show.totals, 'from')
if from and tonumber(from) > to then return 0 end -- repeated call while the next show is running
if from then finish(show, ended, key, math.min(to, clock())) end
redis.call('ZREM', onAir, key)
redis.call('SET', endMarker, endMilliseconds, 'EX', expirySeconds)
for _, set in ipairs(redis.call('ZRANGE', leases, 0, -1)) do
  if string.sub(set, 1, #key + 1) == key .. ':' then
    redis.call('UNLINK', setPrefix .. set)
    redis.call('ZREM', leases, set)
    redis.call('HDEL', batches, set)
  end
end
redis.call('UNLINK', show.count)
redis.call('SADD', changed, key)
return 1
