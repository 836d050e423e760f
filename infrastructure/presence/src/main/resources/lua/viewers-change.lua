-- Adds and removes participants of one gateway's set of a stream and renews the set's lease; without changes only the
-- renewal. Follows viewers-show.lua.
-- KEYS: count, totals, unique, present, minutes, set, leases, batches, changed, end marker
-- ARGV: stream key, KEY:SET, lease in ms, number of the last batch, then '+participant' or '-participant' ...
-- Any batch but the next one means that Redis or the gateway has lost data: nothing is changed.
-- Returns the stream's count; -1 if the gateway must announce the set again; -2 if the show has ended.
local show = showKeys(1)
local set, leases, batches, changed, endMarker = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local key, setId, leaseMilliseconds, last, FIRST_CHANGE = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), 5
if redis.call('EXISTS', endMarker) == 1 then return -2 end
if tonumber(redis.call('HGET', batches, setId) or 0) ~= last then return -1 end

local now = clock()
local hasChanges = #ARGV >= FIRST_CHANGE
redis.call('ZADD', leases, whole(now + leaseMilliseconds), setId)
redis.call('HSET', batches, setId, hasChanges and last + 1 or last)
if not hasChanges then return redis.call('HLEN', show.count) end

local minute = account(show, now)
local before = redis.call('HLEN', show.count)
local joined = {}
for i = FIRST_CHANGE, #ARGV do
  local participant = string.sub(ARGV[i], 2)
  if string.sub(ARGV[i], 1, 1) == '+' then
    if redis.call('SADD', set, participant) == 1 and redis.call('HINCRBY', show.count, participant, 1) == 1 then
      joined[#joined + 1] = participant
    end
  elseif redis.call('SREM', set, participant) == 1 and redis.call('HINCRBY', show.count, participant, -1) <= 0 then
    redis.call('HDEL', show.count, participant)
  end
end
local after = redis.call('HLEN', show.count)
if minute then recordChange(show, joined, after) end
if after ~= before then redis.call('SADD', changed, key) end
return after
