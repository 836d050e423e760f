-- Posts a message once, if its sender may speak now: logs it, remembers its dedupe key, tells the room and the sender.
-- Counts it first among the user's messages in whichever rooms: once, however often it comes.
-- KEYS: log, once, room, banned, muted, seen, said, rate
-- ARGV: publish verb, channel, frame body, log entries, log seconds, once seconds,
--       user, version of the room that was decided by, its seconds to live,
--       milliseconds between two messages, for which the same may not be said, that one must have been here; text,
--       channel of the sender's gateway, the success for the sender,
--       message id, at most so many, in so many milliseconds
-- Answers 'posted' and the position (for a repeat the earlier one, and the room hears nothing), or why not and a number.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[8], '-inf', now - ARGV[18])
if not redis.call('ZSCORE', KEYS[8], ARGV[16]) then
  if redis.call('ZCARD', KEYS[8]) >= tonumber(ARGV[17]) then
    return {'fast', redis.call('ZRANGE', KEYS[8], 0, 0, 'WITHSCORES')[2] + ARGV[18] - now + 1}
  end
  redis.call('ZADD', KEYS[8], now, ARGV[16])
  redis.call('PEXPIRE', KEYS[8], ARGV[18])
end

local earlier = redis.call('GET', KEYS[2])
if earlier then
  redis.call('PUBLISH', ARGV[14], ARGV[15])
  return {'posted', earlier}
end
if redis.call('HGET', KEYS[3], 'version') ~= ARGV[8] then return {'outdated', '0'} end
if redis.call('SISMEMBER', KEYS[4], ARGV[7]) == 1 then return {'banned', '0'} end

local muted = redis.call('HGET', KEYS[5], ARGV[7])
if muted then
  if tonumber(muted) > now then return {'muted', muted - now} end
  redis.call('HDEL', KEYS[5], ARGV[7])
end

local between, again, here = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
if here > 0 then
  local since = redis.call('HGET', KEYS[6], ARGV[7]) or now
  if now - since < here then return {'new', here - (now - since)} end
end
if between > 0 or again > 0 then
  local at, text = string.match(redis.call('GET', KEYS[7]) or '', '^(%d+) (.*)$')
  if at then
    if now - at < between then return {'fast', between - (now - at)} end
    if text == ARGV[13] and text ~= '' and now - at < again then return {'again', again - (now - at)} end
  end
  redis.call('SET', KEYS[7], now .. ' ' .. ARGV[13], 'PX', math.max(between, again))
end

local position = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], '*', 'e', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[5])
for i = 3, 6 do redis.call('EXPIRE', KEYS[i], ARGV[9]) end
redis.call('SET', KEYS[2], position, 'EX', ARGV[6])
redis.call(ARGV[1], ARGV[2], position .. ' ' .. ARGV[3])
redis.call('PUBLISH', ARGV[14], ARGV[15])
return {'posted', position}
