-- Publishes the events of one room in order: each event once, and none after a newer event about the same subject.
-- KEYS: log, then for each event: dedupe, latest number of its subject
-- ARGV: publish command, channel, log entries, log retention in seconds, dedupe window in seconds,
--       then for each event: number, frame body
-- Returns the number of published events; the others were published before.
local log = KEYS[1]
local publishCommand, channel, logEntries, logSeconds, dedupeSeconds = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local published = 0
for i = 1, (#KEYS - 1) / 2 do
  local dedupe, latest = KEYS[2 * i], KEYS[2 * i + 1]
  local number, body = ARGV[2 * i + 4], ARGV[2 * i + 5]
  local last = redis.call('GET', latest)
  if redis.call('EXISTS', dedupe) == 0 and not (last and tonumber(last) >= tonumber(number)) then
    local position = redis.call('XADD', log, 'MAXLEN', '~', logEntries, '*', 'e', body)
    redis.call('SET', dedupe, position, 'EX', dedupeSeconds)
    redis.call('SET', latest, number, 'EX', dedupeSeconds)
    redis.call(publishCommand, channel, position .. ' ' .. body)
    published = published + 1
  end
end
redis.call('EXPIRE', log, logSeconds)
return published
