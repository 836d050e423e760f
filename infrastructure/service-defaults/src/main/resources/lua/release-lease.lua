-- Releases a lease if this replica holds it.
-- KEYS: lease
-- ARGV: replica
local lease, replica = KEYS[1], ARGV[1]
if redis.call('GET', lease) == replica then return redis.call('DEL', lease) end
return 0
