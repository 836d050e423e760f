-- Posts a message once, if its sender may post now: appends it to the log, stores its dedupe key, publishes it to the
-- room and replies to the sender. Before that, counts the message in the user's rate limit over all rooms; a repeat
-- counts once. A message of a running show is also counted for the show's record.
-- Returns 'posted' and the position, or the reason for the rejection and the milliseconds to wait. A repeat returns the
-- position of the first message and is not published again.
local log_key, dedupe_key, room_key, banned_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local muted_key, first_joins_key, last_message_key, rate_key = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local show_key = KEYS[9]
local publish_command, channel, frame = ARGV[1], ARGV[2], ARGV[3]
local log_entries, log_seconds, dedupe_seconds = ARGV[4], ARGV[5], ARGV[6]
local user = ARGV[7]
local version = ARGV[8]  -- of the room, as the caller decided by it
local ttl_seconds = ARGV[9]
local message_interval_ms, repeat_interval_ms = tonumber(ARGV[10]), tonumber(ARGV[11])
local min_time_in_room_ms = tonumber(ARGV[12])
local text_hash = ARGV[13]
local gateway_channel, success_reply = ARGV[14], ARGV[15]
local message_id = ARGV[16]
local max_messages, rate_window_ms = ARGV[17], ARGV[18]

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', rate_key, '-inf', now - rate_window_ms)
if not redis.call('ZSCORE', rate_key, message_id) then
  if redis.call('ZCARD', rate_key) >= tonumber(max_messages) then
    return {'fast', redis.call('ZRANGE', rate_key, 0, 0, 'WITHSCORES')[2] + rate_window_ms - now + 1}
  end
  redis.call('ZADD', rate_key, now, message_id)
  redis.call('PEXPIRE', rate_key, rate_window_ms)
end

local first_position = redis.call('GET', dedupe_key)
if first_position then
  redis.call('PUBLISH', gateway_channel, success_reply)
  return {'posted', first_position}
end
if redis.call('HGET', room_key, 'version') ~= version then return {'outdated', '0'} end
if redis.call('SISMEMBER', banned_key, user) == 1 then return {'banned', '0'} end

local muted_until = redis.call('HGET', muted_key, user)
if muted_until then
  if tonumber(muted_until) > now then return {'muted', muted_until - now} end
  redis.call('HDEL', muted_key, user)
end

if min_time_in_room_ms > 0 then
  local joined_at = redis.call('HGET', first_joins_key, user) or now
  if now - joined_at < min_time_in_room_ms then return {'new', min_time_in_room_ms - (now - joined_at)} end
end
if message_interval_ms > 0 or repeat_interval_ms > 0 then
  local last_at, last_hash = string.match(redis.call('GET', last_message_key) or '', '^(%d+) (.*)$')
  if last_at then
    local elapsed = now - last_at
    if elapsed < message_interval_ms then return {'fast', message_interval_ms - elapsed} end
    if last_hash == text_hash and last_hash ~= '' and elapsed < repeat_interval_ms then
      return {'again', repeat_interval_ms - elapsed}
    end
  end
  redis.call('SET', last_message_key, now .. ' ' .. text_hash, 'PX', math.max(message_interval_ms, repeat_interval_ms))
end

local position = redis.call('XADD', log_key, 'MAXLEN', '~', log_entries, '*', 'e', frame)
redis.call('EXPIRE', log_key, log_seconds)
if redis.call('EXISTS', show_key) == 1 then redis.call('HINCRBY', show_key, 'messages', 1) end
for _, key in ipairs({room_key, banned_key, muted_key, first_joins_key}) do redis.call('EXPIRE', key, ttl_seconds) end
redis.call('SET', dedupe_key, position, 'EX', dedupe_seconds)
redis.call(publish_command, channel, position .. ' ' .. frame)
redis.call('PUBLISH', gateway_channel, success_reply)
return {'posted', position}
