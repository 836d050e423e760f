-- What a show on air adds up to until now; nothing where it is not on air.   KEYS: count, totals, unique, present, minutes
local s = names(1)
return account(s, clock()) and record(s)
