-- Carries out what PostgreSQL has already: the room's next state, and what became of one user.
-- KEYS: room, floor, banned, muted
-- ARGV: version, state, seconds to live, user (or nothing), 'ban', 'mute' or 'free', milliseconds of the mute's end
-- A room that is not here is loaded when it is needed, and no older than this; where a version was missed it is, too.
local here = redis.call('HGET', KEYS[1], 'version')
if here and tonumber(here) >= tonumber(ARGV[1]) then return 0 end
if not here or tonumber(here) < ARGV[1] - 1 then
  redis.call('DEL', KEYS[1])
  redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[3])
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'state', ARGV[2])
if ARGV[4] ~= '' then
  if ARGV[5] == 'ban' then redis.call('SADD', KEYS[3], ARGV[4]) else redis.call('SREM', KEYS[3], ARGV[4]) end
  if ARGV[5] == 'mute' then redis.call('HSET', KEYS[4], ARGV[4], ARGV[6]) else redis.call('HDEL', KEYS[4], ARGV[4]) end
end
for _, key in ipairs({KEYS[1], KEYS[3], KEYS[4]}) do redis.call('EXPIRE', key, ARGV[3]) end
return 1
