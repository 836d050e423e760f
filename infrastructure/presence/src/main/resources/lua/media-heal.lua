-- Makes the set of who plays a stream what SRS's list says.
-- KEYS: media    ARGV: when SRS was asked, in ms; seconds to keep; then SRS's client ids ...
-- Who came after the question stays. Answers how many play it now.
local playing = {}
for i = 3, #ARGV do playing[ARGV[i]] = true end
for _, client in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1])) do
  if not playing[client] then redis.call('ZREM', KEYS[1], client) end
end
for i = 3, #ARGV do redis.call('ZADD', KEYS[1], 'NX', ARGV[1], ARGV[i]) end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])
