-- Says that this replica is alive and counts those that are.
-- KEYS: replicas    ARGV: replica, milliseconds
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ms)
if tonumber(ARGV[2]) > 0 then redis.call('ZADD', KEYS[1], ms + ARGV[2], ARGV[1]) else redis.call('ZREM', KEYS[1], ARGV[1]) end
return redis.call('ZCARD', KEYS[1])
