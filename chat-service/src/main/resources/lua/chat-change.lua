-- Applies a moderation action that is stored in PostgreSQL: the room's next state, and one user's restriction.
-- Returns 1 if the state was applied, else 0. A room that is missing here, or that missed a version, is removed: it is
-- loaded from PostgreSQL when it is next needed, and the minimum version prevents loading an older state.
local room_key, min_version_key, banned_key, muted_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local version, state, ttl_seconds = ARGV[1], ARGV[2], ARGV[3]
local user = ARGV[4]            -- empty if the action affects no user
local restriction = ARGV[5]     -- 'ban', 'mute' or 'free'
local muted_until_ms = ARGV[6]  -- only for 'mute'

local current_version = redis.call('HGET', room_key, 'version')
if current_version and tonumber(current_version) >= tonumber(version) then return 0 end
if not current_version or tonumber(current_version) < version - 1 then
  redis.call('DEL', room_key)
  redis.call('SET', min_version_key, version, 'EX', ttl_seconds)
  return 0
end
redis.call('HSET', room_key, 'version', version, 'state', state)
if user ~= '' then
  if restriction == 'ban' then redis.call('SADD', banned_key, user) else redis.call('SREM', banned_key, user) end
  if restriction == 'mute' then
    redis.call('HSET', muted_key, user, muted_until_ms)
  else
    redis.call('HDEL', muted_key, user)
  end
end
for _, key in ipairs({room_key, banned_key, muted_key}) do redis.call('EXPIRE', key, ttl_seconds) end
return 1
