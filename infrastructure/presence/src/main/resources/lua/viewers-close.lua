-- A show ends: its record waits to be written, and its room is cleared until it goes live again.
-- KEYS: count, totals, unique, present, minutes, on-air, ended, over, leases, batches, changed
-- ARGV: stream key, end in ms, start of at keys, seconds for which it is remembered that the show is over
local s, key, to = names(1), ARGV[1], tonumber(ARGV[2])
local over = redis.call('GET', KEYS[8])
if over and tonumber(over) >= to then return 0 end -- said again
local from = redis.call('HGET', s.totals, 'from')
if from and tonumber(from) > to then return 0 end -- said again, and the next show is on air
if from then finish(s, KEYS[7], key, math.min(to, clock())) end
redis.call('ZREM', KEYS[6], key)
redis.call('SET', KEYS[8], ARGV[2], 'EX', ARGV[4])
for _, at in ipairs(redis.call('ZRANGE', KEYS[9], 0, -1)) do
  if string.sub(at, 1, #key + 1) == key .. ':' then
    redis.call('UNLINK', ARGV[3] .. at)
    redis.call('ZREM', KEYS[9], at)
    redis.call('HDEL', KEYS[10], at)
  end
end
redis.call('UNLINK', s.count)
redis.call('SADD', KEYS[11], key)
return 1
