-- Participants come to and leave one gateway.
-- KEYS: count, at, leases, changed
-- ARGV: stream key, KEY:BOOT, lease milliseconds, then '+participant' or '-participant' ...
-- Saying the same twice changes nothing. Answers how many participants the stream has.
local before = redis.call('HLEN', KEYS[1])
for i = 4, #ARGV do
  local who = string.sub(ARGV[i], 2)
  if string.sub(ARGV[i], 1, 1) == '+' then
    if redis.call('SADD', KEYS[2], who) == 1 then redis.call('HINCRBY', KEYS[1], who, 1) end
  elseif redis.call('SREM', KEYS[2], who) == 1 then
    if redis.call('HINCRBY', KEYS[1], who, -1) <= 0 then redis.call('HDEL', KEYS[1], who) end
  end
end
if redis.call('EXISTS', KEYS[2]) == 1 then
  local now = redis.call('TIME')
  redis.call('ZADD', KEYS[3], now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[3], ARGV[2])
else
  redis.call('ZREM', KEYS[3], ARGV[2])
end
local after = redis.call('HLEN', KEYS[1])
if after ~= before then redis.call('SADD', KEYS[4], ARGV[1]) end
return after
