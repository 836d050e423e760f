-- Checks that a user may join, and stores the time of the user's first join in milliseconds.
-- Returns 'in', 'banned', or 'outdated' if the caller decided by another version of the room.
local room_key, banned_key, first_joins_key = KEYS[1], KEYS[2], KEYS[3]
local version, user, ttl_seconds = ARGV[1], ARGV[2], ARGV[3]

if redis.call('HGET', room_key, 'version') ~= version then return 'outdated' end
if redis.call('SISMEMBER', banned_key, user) == 1 then return 'banned' end
local time = redis.call('TIME')
redis.call('HSETNX', first_joins_key, user, time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('EXPIRE', first_joins_key, ttl_seconds)
return 'in'
