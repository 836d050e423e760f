-- Functions for the statistics of a running show. Prepended to the scripts that change participants or read the statistics.
-- show: the stream's keys count, totals, unique, present and minutes.
-- Fields of totals: owner, from, opened, since (end of the accounted time), watch (participants x ms), peak; and of the
-- current minute: minute (its start), minute-watch, minute-peak.
local MINUTE, MAX_MINUTES, MAX_PFADD_ELEMENTS = 60000, 1440, 1000

local function whole(number) return string.format('%.0f', number) end

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function showKeys(first)
  return {
    count = KEYS[first],
    totals = KEYS[first + 1],
    unique = KEYS[first + 2],
    present = KEYS[first + 3],
    minutes = KEYS[first + 4],
  }
end

local function add(hyperLogLog, participants)
  for i = 1, #participants, MAX_PFADD_ELEMENTS do
    redis.call('PFADD', hyperLogLog, unpack(participants, i, math.min(i + MAX_PFADD_ELEMENTS - 1, #participants)))
  end
end

local function row(from, length, peak, unique, watch)
  return table.concat({ whole(from), whole(length), whole(peak), whole(unique), whole(watch) }, ' ')
end

-- Accounts the time until now. Must run before each change of participants. Returns the start of the current minute, or
-- nil if no show is running.
local function account(show, now)
  local totals = redis.call('HMGET', show.totals, 'since', 'minute', 'watch', 'minute-watch', 'minute-peak')
  if not totals[1] then return nil end
  local since, minute, watch, minuteWatch, peak =
    tonumber(totals[1]), tonumber(totals[2]), tonumber(totals[3]), tonumber(totals[4]), tonumber(totals[5])
  local count = redis.call('HLEN', show.count)
  now = math.max(now, since)
  if now - minute >= MINUTE then
    local unique = redis.call('PFCOUNT', show.present)
    while now - minute >= MINUTE do
      local added = count * (minute + MINUTE - since)
      redis.call('RPUSH', show.minutes, row(minute, MINUTE, peak, unique, minuteWatch + added))
      -- No participant changed in the minutes that were not accounted before.
      minute, since, watch, minuteWatch, peak, unique = minute + MINUTE, minute + MINUTE, watch + added, 0, count, count
    end
    redis.call('LTRIM', show.minutes, -MAX_MINUTES, -1)
    redis.call('DEL', show.present)
    add(show.present, redis.call('HKEYS', show.count))
  end
  local added = count * (now - since)
  redis.call('HSET', show.totals, 'since', whole(now), 'minute', whole(minute), 'watch', whole(watch + added),
    'minute-watch', whole(minuteWatch + added), 'minute-peak', whole(peak))
  return minute
end

-- Records a change: the participants who were not present before, and the count after the change.
local function recordChange(show, joined, count)
  add(show.unique, joined)
  add(show.present, joined)
  local totals = redis.call('HMGET', show.totals, 'peak', 'minute-peak')
  if count > tonumber(totals[1]) then redis.call('HSET', show.totals, 'peak', whole(count)) end
  if count > tonumber(totals[2]) then redis.call('HSET', show.totals, 'minute-peak', whole(count)) end
end

-- Returns the show's record up to the accounted time: a line of 'owner from opened to peak unique watch', then for each
-- minute a line of 'from length peak unique watch'.
local function record(show)
  local totals = redis.call('HMGET', show.totals, 'owner', 'from', 'opened', 'since', 'peak', 'watch',
    'minute', 'minute-peak', 'minute-watch')
  local owner, from, opened, since, peak, watch = totals[1], totals[2], totals[3], totals[4], totals[5], totals[6]
  local minute, minutePeak, minuteWatch = totals[7], totals[8], totals[9]
  local lines = redis.call('LRANGE', show.minutes, 0, -1)
  local unique = whole(redis.call('PFCOUNT', show.unique))
  table.insert(lines, 1, table.concat({ owner, from, opened, since, peak, unique, watch }, ' '))
  if tonumber(since) > tonumber(minute) then
    lines[#lines + 1] = row(minute, since - minute, minutePeak, redis.call('PFCOUNT', show.present), minuteWatch)
  end
  return table.concat(lines, '\n')
end

-- Finishes a show: stores the record until PostgreSQL has it, and deletes the statistics.
local function finish(show, ended, key, now)
  account(show, now)
  redis.call('HSET', ended, key .. ':' .. redis.call('HGET', show.totals, 'from'), record(show))
  redis.call('UNLINK', show.totals, show.unique, show.present, show.minutes)
end
