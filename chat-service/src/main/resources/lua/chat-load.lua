-- Puts a chat room here as PostgreSQL has it, unless it is here already or what was read there is out of date.
-- KEYS: room, floor, banned, muted
-- ARGV: version, state, seconds to live, how many users are banned, those users, then user and milliseconds of each muted
-- Answers 1 where the room is here now.
if redis.call('EXISTS', KEYS[1]) == 1 then return 1 end
local floor = redis.call('GET', KEYS[2])
if floor and tonumber(floor) > tonumber(ARGV[1]) then return 0 end
redis.call('DEL', KEYS[3], KEYS[4])
local muted = 5 + ARGV[4]
for i = 5, muted - 1 do redis.call('SADD', KEYS[3], ARGV[i]) end
for i = muted, #ARGV, 2 do redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 1]) end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'state', ARGV[2])
for _, key in ipairs({KEYS[1], KEYS[3], KEYS[4]}) do redis.call('EXPIRE', key, ARGV[3]) end
return 1
