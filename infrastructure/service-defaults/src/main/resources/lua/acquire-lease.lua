-- Renews this replica's lease, or acquires the lease if no replica holds it.
-- KEYS: lease
-- ARGV: replica, lease milliseconds
-- Returns 1 if this replica holds the lease now, else 0.
local lease = KEYS[1]
local replica, leaseMilliseconds = ARGV[1], ARGV[2]
local holder = redis.call('GET', lease)
if holder and holder ~= replica then return 0 end
redis.call('SET', lease, replica, 'PX', leaseMilliseconds)
return 1
