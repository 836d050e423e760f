-- Creates a room's log if it does not exist, so that a position in it can be distinguished from a position in a lost log.
-- KEYS: log
-- ARGV: publish command, channel, body of the first entry, seconds until an unused log expires
-- Returns the latest position.
local log = KEYS[1]
local publishCommand, channel, body, expirySeconds = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local latest = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)
if latest[1] then return latest[1][1] end
local position = redis.call('XADD', log, '*', 'e', body)
redis.call('EXPIRE', log, expirySeconds)
redis.call(publishCommand, channel, position .. ' ' .. body)
return position
