-- Publishes one room's events in order: each once, and none after a newer one about the same thing.
-- KEYS: log, then for each event: once, newest
-- ARGV: publish verb, channel, log entries, log seconds, once seconds, then for each event: number, frame body
-- Answers how many were published; the rest had been before.
local published = 0
for i = 1, (#KEYS - 1) / 2 do
  local once, newest = KEYS[2 * i], KEYS[2 * i + 1]
  local number, body = ARGV[2 * i + 4], ARGV[2 * i + 5]
  local last = redis.call('GET', newest)
  if redis.call('EXISTS', once) == 0 and not (last and tonumber(last) >= tonumber(number)) then
    local position = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'e', body)
    redis.call('SET', once, position, 'EX', ARGV[5])
    redis.call('SET', newest, number, 'EX', ARGV[5])
    redis.call(ARGV[1], ARGV[2], position .. ' ' .. body)
    published = published + 1
  end
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return published
