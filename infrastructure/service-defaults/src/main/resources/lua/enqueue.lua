-- Appends a message to an inbox, unless the inbox is full.
-- KEYS: inbox
-- ARGV: limit (0: no limit, for messages that must not be rejected), message
-- Returns the entry's id, or false if the inbox is full.
local inbox = KEYS[1]
local limit, message = tonumber(ARGV[1]), ARGV[2]
if limit > 0 and redis.call('XLEN', inbox) >= limit then return false end
return redis.call('XADD', inbox, '*', 'm', message)
