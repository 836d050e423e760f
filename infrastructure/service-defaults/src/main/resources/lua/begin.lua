-- Makes sure that a room's log exists, so that a position in it can be told from one that was lost.
-- KEYS: log
-- ARGV: publish verb, channel, body of the first entry, seconds
-- Answers the newest position.
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if newest[1] then return newest[1][1] end
local position = redis.call('XADD', KEYS[1], '*', 'e', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call(ARGV[1], ARGV[2], position .. ' ' .. ARGV[3])
return position
