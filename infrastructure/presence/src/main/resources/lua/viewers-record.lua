-- Returns the current statistics of a running show, or false if no show is running. Follows viewers-show.lua.
-- KEYS: count, totals, unique, present, minutes
local show = showKeys(1)
return account(show, clock()) and record(show)
