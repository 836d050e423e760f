-- Stores a chat room as read from PostgreSQL, unless Redis has the room already or the state read is outdated.
-- Returns 1 if Redis has the room now, else 0.
local room_key, min_version_key, banned_key, muted_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local version, state, ttl_seconds, banned_count = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local first_banned = 5                           -- index in ARGV of the banned users
local first_muted = first_banned + banned_count  -- then pairs of a muted user and the end in milliseconds

if redis.call('EXISTS', room_key) == 1 then return 1 end
local min_version = redis.call('GET', min_version_key)
if min_version and tonumber(min_version) > tonumber(version) then return 0 end
redis.call('DEL', banned_key, muted_key)
for i = first_banned, first_muted - 1 do redis.call('SADD', banned_key, ARGV[i]) end
for i = first_muted, #ARGV, 2 do redis.call('HSET', muted_key, ARGV[i], ARGV[i + 1]) end
redis.call('HSET', room_key, 'version', version, 'state', state)
for _, key in ipairs({room_key, banned_key, muted_key}) do redis.call('EXPIRE', key, ttl_seconds) end
return 1
