-- Participants come to and leave one gateway's set of a stream; without moves it is a renewal.
-- KEYS: count, at, leases, batches, changed, over
-- ARGV: stream key, KEY:SET, lease milliseconds, number of the last batch, then '+participant' or '-participant' ...
-- A batch is the next one, or the same again (its answer was lost). Any other says that Redis or the gateway has lost
-- something: nothing is done. Answers the stream's count; -1 where the set must be announced anew; -2 where the show is over.
if redis.call('EXISTS', KEYS[6]) == 1 then return -2 end
local last = tonumber(ARGV[4])
local stored = tonumber(redis.call('HGET', KEYS[4], ARGV[2]) or 0)
local next = #ARGV > 4 and last + 1 or last
if stored ~= last and stored ~= next then return -1 end

local before = redis.call('HLEN', KEYS[1])
for i = 5, #ARGV do
  local who = string.sub(ARGV[i], 2)
  if string.sub(ARGV[i], 1, 1) == '+' then
    if redis.call('SADD', KEYS[2], who) == 1 then redis.call('HINCRBY', KEYS[1], who, 1) end
  elseif redis.call('SREM', KEYS[2], who) == 1 then
    if redis.call('HINCRBY', KEYS[1], who, -1) <= 0 then redis.call('HDEL', KEYS[1], who) end
  end
end
local now = redis.call('TIME')
redis.call('ZADD', KEYS[3], now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[3], ARGV[2])
redis.call('HSET', KEYS[4], ARGV[2], next)
local after = redis.call('HLEN', KEYS[1])
if after ~= before then redis.call('SADD', KEYS[5], ARGV[1]) end
return after
