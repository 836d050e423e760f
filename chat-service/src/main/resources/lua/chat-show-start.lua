-- Begins to count the messages of a show. A repeat changes nothing. A show whose end did not arrive ends at this start.
-- Returns 1 if the count begins, else 0.
local show_key, ended_key = KEYS[1], KEYS[2]
local stream, started_at_ms, ttl_seconds = ARGV[1], ARGV[2], ARGV[3]

local running = redis.call('HGET', show_key, 'startedAt')
if running then
  if tonumber(running) >= tonumber(started_at_ms) then return 0 end
  redis.call('HSETNX', ended_key, stream .. ' ' .. running,
    started_at_ms .. ' ' .. redis.call('HGET', show_key, 'messages'))
end
redis.call('HSET', show_key, 'startedAt', started_at_ms, 'messages', '0')
redis.call('EXPIRE', show_key, ttl_seconds)
return 1
