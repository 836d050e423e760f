-- Ends the count of a show's messages and keeps it until PostgreSQL has it. A repeat changes nothing.
-- Returns 1 if the count ends, else 0.
local show_key, ended_key = KEYS[1], KEYS[2]
local stream, ended_at_ms = ARGV[1], ARGV[2]

local running = redis.call('HGET', show_key, 'startedAt')
if not running or tonumber(running) > tonumber(ended_at_ms) then return 0 end
redis.call('HSETNX', ended_key, stream .. ' ' .. running,
  ended_at_ms .. ' ' .. redis.call('HGET', show_key, 'messages'))
redis.call('DEL', show_key)
return 1
