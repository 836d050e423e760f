-- Registers this replica as alive, or removes it if the milliseconds are 0, and removes expired replicas.
-- KEYS: replicas
-- ARGV: replica, milliseconds until the registration expires
-- Returns the number of live replicas.
local replicas = KEYS[1]
local replica, validMilliseconds = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', replicas, '-inf', now)
if tonumber(validMilliseconds) > 0 then
  redis.call('ZADD', replicas, now + validMilliseconds, replica)
else
  redis.call('ZREM', replicas, replica)
end
return redis.call('ZCARD', replicas)
