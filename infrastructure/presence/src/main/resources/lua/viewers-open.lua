-- A show begins: from now on it is summed up, with those who are there already.
-- KEYS: count, totals, unique, present, minutes, on-air, ended, over    ARGV: stream key, owner, start in ms
local s, key, owner, from = names(1), ARGV[1], ARGV[2], tonumber(ARGV[3])
local over = redis.call('GET', KEYS[8])
if over and tonumber(over) >= from then return 0 end -- said again: that show is over
local known = redis.call('HGET', s.totals, 'from')
if known and tonumber(known) >= from then return 0 end -- said again: it is on air
local now = clock()
if known then finish(s, KEYS[7], key, now) end -- nobody said that it ended
redis.call('DEL', KEYS[8])
local count = redis.call('HLEN', s.count)
redis.call('HSET', s.totals, 'owner', owner, 'from', whole(from), 'opened', whole(now), 'since', whole(now), 'watch', 0,
  'peak', count, 'minute', whole(now), 'minute-watch', 0, 'minute-peak', count)
local everybody = redis.call('HKEYS', s.count)
add(s.unique, everybody)
add(s.present, everybody)
redis.call('ZADD', KEYS[6], whole(now + MINUTE), key)
return 1
