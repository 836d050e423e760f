-- Publishes an event once: logs it, remembers its dedupe key, tells the room.
-- KEYS: log, and where there is a dedupe key: once
-- ARGV: publish verb, channel, frame body, log entries, log seconds, once seconds
-- Answers the position in the log; for a repeat the earlier one, and the room hears nothing.
local once = KEYS[2]
if once then
  local earlier = redis.call('GET', once)
  if earlier then return earlier end
end
local position = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], '*', 'e', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[5])
if once then redis.call('SET', once, position, 'EX', ARGV[6]) end
redis.call(ARGV[1], ARGV[2], position .. ' ' .. ARGV[3])
return position
