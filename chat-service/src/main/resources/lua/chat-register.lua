-- A stream exists and has an owner.
-- KEYS: room, new, floor    ARGV: stream key, owner, seconds to live, state (nothing where PostgreSQL may know the room)
-- A room that is known stays as it is.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[2])
if ARGV[4] ~= '' and redis.call('EXISTS', KEYS[3]) == 0 then
  redis.call('HSET', KEYS[1], 'version', '0', 'state', ARGV[4])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
