-- Creates a room's log if it does not exist, so that a position in it can be distinguished from a position in a lost log.
-- KEYS: log
-- ARGV: publish command, channel, body of the first entry, seconds until an unused log expires, or 0
-- Returns the latest position.
local log = KEYS[1]
local publishCommand, channel, body, expirySeconds = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local latest = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)
if latest[1] then return latest[1][1] end
local position = redis.call('XADD', log, '*', 'e', body)
if expirySeconds ~= '0' then redis.call('EXPIRE', log, expirySeconds) end
redis.call(publishCommand, channel, position .. ' ' .. body)
return position
