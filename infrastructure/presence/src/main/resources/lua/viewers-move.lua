-- Participants come to and leave one gateway's set of a stream; without moves it is a renewal. Follows viewers-show.lua.
-- KEYS: count, totals, unique, present, minutes, at, leases, batches, changed, over
-- ARGV: stream key, KEY:SET, lease milliseconds, number of the last batch, then '+participant' or '-participant' ...
-- Any batch but the next one says that Redis or the gateway has lost something: nothing is done.
-- Answers the stream's count; -1 where the set must be announced anew; -2 where the show is over.
if redis.call('EXISTS', KEYS[10]) == 1 then return -2 end
local last = tonumber(ARGV[4])
if tonumber(redis.call('HGET', KEYS[8], ARGV[2]) or 0) ~= last then return -1 end

local now = clock()
redis.call('ZADD', KEYS[7], whole(now + ARGV[3]), ARGV[2])
redis.call('HSET', KEYS[8], ARGV[2], #ARGV > 4 and last + 1 or last)
if #ARGV == 4 then return redis.call('HLEN', KEYS[1]) end

local s = names(1)
local onAir = account(s, now)
local before = redis.call('HLEN', s.count)
local came = {}
for i = 5, #ARGV do
  local who = string.sub(ARGV[i], 2)
  if string.sub(ARGV[i], 1, 1) == '+' then
    if redis.call('SADD', KEYS[6], who) == 1 and redis.call('HINCRBY', s.count, who, 1) == 1 then came[#came + 1] = who end
  elseif redis.call('SREM', KEYS[6], who) == 1 and redis.call('HINCRBY', s.count, who, -1) <= 0 then
    redis.call('HDEL', s.count, who)
  end
end
local after = redis.call('HLEN', s.count)
if onAir then note(s, came, after) end
if after ~= before then redis.call('SADD', KEYS[9], ARGV[1]) end
return after
