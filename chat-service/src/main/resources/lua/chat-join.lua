-- Whether a user may come in; remembers when that was first.
-- KEYS: room, banned, seen    ARGV: version of the room that was decided by, user, seconds to live
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 'outdated' end
if redis.call('SISMEMBER', KEYS[2], ARGV[2]) == 1 then return 'banned' end
local now = redis.call('TIME')
redis.call('HSETNX', KEYS[3], ARGV[2], now[1] * 1000 + math.floor(now[2] / 1000))
redis.call('EXPIRE', KEYS[3], ARGV[3])
return 'in'
