-- A room may have missed its count: it is told again, changed or not.
-- KEYS: changed, told    ARGV: stream key
redis.call('HSET', KEYS[2], ARGV[1], -1)
return redis.call('SADD', KEYS[1], ARGV[1])
