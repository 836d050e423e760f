-- Starts the statistics of a show, including the participants who are present already. Follows viewers-show.lua.
-- KEYS: count, totals, unique, present, minutes, on-air, ended, end marker
-- ARGV: stream key, owner, start in ms
-- Returns 1 if the show was started, 0 for a repeated call.
local show = showKeys(1)
local onAir, ended, endMarker = KEYS[6], KEYS[7], KEYS[8]
local key, owner, from = ARGV[1], ARGV[2], tonumber(ARGV[3])
local earlierEnd = redis.call('GET', endMarker)
if earlierEnd and tonumber(earlierEnd) >= from then return 0 end -- repeated call after the show's end
local running = redis.call('HGET', show.totals, 'from')
if running and tonumber(running) >= from then return 0 end -- repeated call during the show
local now = clock()
if running then finish(show, ended, key, now) end -- the end of the previous show was not reported
redis.call('DEL', endMarker)
local count = redis.call('HLEN', show.count)
redis.call('HSET', show.totals, 'owner', owner, 'from', whole(from), 'opened', whole(now), 'since', whole(now), 'watch', 0,
  'peak', count, 'minute', whole(now), 'minute-watch', 0, 'minute-peak', count)
local participants = redis.call('HKEYS', show.count)
add(show.unique, participants)
add(show.present, participants)
redis.call('ZADD', onAir, whole(now + MINUTE), key)
return 1
