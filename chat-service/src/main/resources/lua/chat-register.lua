-- Registers the chat room of a stream. An existing room stays as it is. Returns 1 if the room is new, else 0.
local room_key, unsaved_key, min_version_key = KEYS[1], KEYS[2], KEYS[3]
local stream, owner, ttl_seconds = ARGV[1], ARGV[2], ARGV[3]
local state = ARGV[4]  -- empty if PostgreSQL may have the room

if redis.call('EXISTS', room_key) == 1 then return 0 end
redis.call('HSETNX', unsaved_key, stream, owner)
if state ~= '' and redis.call('EXISTS', min_version_key) == 0 then
  redis.call('HSET', room_key, 'version', '0', 'state', state)
  redis.call('EXPIRE', room_key, ttl_seconds)
end
return 1
