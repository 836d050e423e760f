-- Puts a message into an inbox, unless it is full.
-- KEYS: inbox
-- ARGV: limit (0: none, for what must not be refused), message
-- Answers the entry's id, or nothing where the inbox is full.
if tonumber(ARGV[1]) > 0 and redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return false end
return redis.call('XADD', KEYS[1], '*', 'm', ARGV[2])
