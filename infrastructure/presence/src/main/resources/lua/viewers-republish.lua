-- Requests another publication of a room's count, even if unchanged, because the room may have missed it.
-- KEYS: changed, published
-- ARGV: stream key
-- Returns 1 if the room was not marked as changed before, else 0.
local changed, published = KEYS[1], KEYS[2]
local key = ARGV[1]
redis.call('HSET', published, key, -1)
return redis.call('SADD', changed, key)
