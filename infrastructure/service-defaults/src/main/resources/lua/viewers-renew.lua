-- A gateway says that its set of participants still holds.
-- KEYS: at, leases    ARGV: KEY:BOOT, lease milliseconds, size
-- Answers 0 where the set lapsed or has another size: the gateway announces it anew under another name.
if redis.call('SCARD', KEYS[1]) ~= tonumber(ARGV[3]) or not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 0 end
local now = redis.call('TIME')
redis.call('ZADD', KEYS[2], now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[2], ARGV[1])
return 1
