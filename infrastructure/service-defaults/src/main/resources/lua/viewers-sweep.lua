-- Takes out what gateways left behind that are gone, and tells which counts changed.
-- KEYS: leases, changed
-- ARGV: start of count keys, start of at keys, how many at the most
-- Answers stream key, count, stream key, count ...
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
for _, at in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ms, 'LIMIT', 0, ARGV[3])) do
  local key = string.match(at, '^[^:]+')
  for _, who in ipairs(redis.call('SMEMBERS', ARGV[2] .. at)) do
    if redis.call('HINCRBY', ARGV[1] .. key, who, -1) <= 0 then redis.call('HDEL', ARGV[1] .. key, who) end
  end
  redis.call('DEL', ARGV[2] .. at)
  redis.call('ZREM', KEYS[1], at)
  redis.call('SADD', KEYS[2], key)
end
local answer = {}
for _, key in ipairs(redis.call('SPOP', KEYS[2], ARGV[3])) do
  answer[#answer + 1] = key
  answer[#answer + 1] = redis.call('HLEN', ARGV[1] .. key)
end
return answer
