-- Publishes an event once: appends it to the log, stores its dedupe key and publishes it to the room.
-- KEYS: log, dedupe (optional)
-- ARGV: publish command, channel, frame body, log entries, log retention in seconds, dedupe window in seconds
-- Returns the position in the log; for a repeat, the position of the first publication without publishing again.
local log, dedupe = KEYS[1], KEYS[2]
local publishCommand, channel, body = ARGV[1], ARGV[2], ARGV[3]
local logEntries, logSeconds, dedupeSeconds = ARGV[4], ARGV[5], ARGV[6]
if dedupe then
  local earlier = redis.call('GET', dedupe)
  if earlier then return earlier end
end
local position = redis.call('XADD', log, 'MAXLEN', '~', logEntries, '*', 'e', body)
redis.call('EXPIRE', log, logSeconds)
if dedupe then redis.call('SET', dedupe, position, 'EX', dedupeSeconds) end
redis.call(publishCommand, channel, position .. ' ' .. body)
return position
