-- What a show on air adds up to. Stands before the scripts that change who is there, or read the sums.
-- s: names of the stream's count, totals, unique, present and minutes.
-- Totals: owner, from, opened, since (summed up until then), watch (participants x ms), peak; of the present minute: minute
-- (its start), minute-watch, minute-peak.
local MINUTE, MINUTES, CHUNK = 60000, 1440, 1000

local function whole(number) return string.format('%.0f', number) end

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function names(first)
  return { count = KEYS[first], totals = KEYS[first + 1], unique = KEYS[first + 2], present = KEYS[first + 3], minutes = KEYS[first + 4] }
end

local function add(log, participants)
  for i = 1, #participants, CHUNK do
    redis.call('PFADD', log, unpack(participants, i, math.min(i + CHUNK - 1, #participants)))
  end
end

local function row(from, length, peak, unique, watch)
  return table.concat({ whole(from), whole(length), whole(peak), whole(unique), whole(watch) }, ' ')
end

-- Sums up until now; before each change of who is there. Answers the start of the present minute, or nothing off air.
local function account(s, now)
  local t = redis.call('HMGET', s.totals, 'since', 'minute', 'watch', 'minute-watch', 'minute-peak')
  if not t[1] then return nil end
  local since, minute, watch, inMinute, peak = tonumber(t[1]), tonumber(t[2]), tonumber(t[3]), tonumber(t[4]), tonumber(t[5])
  local count = redis.call('HLEN', s.count)
  now = math.max(now, since)
  if now - minute >= MINUTE then
    local unique = redis.call('PFCOUNT', s.present)
    while now - minute >= MINUTE do
      local part = count * (minute + MINUTE - since)
      redis.call('RPUSH', s.minutes, row(minute, MINUTE, peak, unique, inMinute + part))
      -- In a minute that nobody summed up before, nobody came or went.
      minute, since, watch, inMinute, peak, unique = minute + MINUTE, minute + MINUTE, watch + part, 0, count, count
    end
    redis.call('LTRIM', s.minutes, -MINUTES, -1)
    redis.call('DEL', s.present)
    add(s.present, redis.call('HKEYS', s.count))
  end
  local part = count * (now - since)
  redis.call('HSET', s.totals, 'since', whole(now), 'minute', whole(minute), 'watch', whole(watch + part),
    'minute-watch', whole(inMinute + part), 'minute-peak', whole(peak))
  return minute
end

-- After a change: who was not there before, and how many there are now.
local function note(s, came, count)
  add(s.unique, came)
  add(s.present, came)
  local t = redis.call('HMGET', s.totals, 'peak', 'minute-peak')
  if count > tonumber(t[1]) then redis.call('HSET', s.totals, 'peak', whole(count)) end
  if count > tonumber(t[2]) then redis.call('HSET', s.totals, 'minute-peak', whole(count)) end
end

-- The show until when it was summed up: a line of 'owner from opened to peak unique watch', then one for each minute with
-- 'from length peak unique watch'.
local function record(s)
  local t = redis.call('HMGET', s.totals, 'owner', 'from', 'opened', 'since', 'peak', 'watch', 'minute', 'minute-peak', 'minute-watch')
  local lines = redis.call('LRANGE', s.minutes, 0, -1)
  table.insert(lines, 1, table.concat({ t[1], t[2], t[3], t[4], t[5], whole(redis.call('PFCOUNT', s.unique)), t[6] }, ' '))
  if tonumber(t[4]) > tonumber(t[7]) then
    lines[#lines + 1] = row(t[7], t[4] - t[7], t[8], redis.call('PFCOUNT', s.present), t[9])
  end
  return table.concat(lines, '\n')
end

-- Off air: the record waits to be written, and the sums are gone.
local function finish(s, ended, key, now)
  account(s, now)
  redis.call('HSET', ended, key .. ':' .. redis.call('HGET', s.totals, 'from'), record(s))
  redis.call('UNLINK', s.totals, s.unique, s.present, s.minutes)
end
