-- Reconciles the set of connections that play a stream with SRS's list. Connections added after the request to SRS stay.
-- KEYS: media
-- ARGV: time of the request to SRS in ms, seconds until the set expires, then SRS's client ids ...
-- Returns the number of connections that play the stream now.
local media = KEYS[1]
local requestedAt, expirySeconds, FIRST_CLIENT = ARGV[1], ARGV[2], 3
local playing = {}
for i = FIRST_CLIENT, #ARGV do playing[ARGV[i]] = true end
for _, client in ipairs(redis.call('ZRANGEBYSCORE', media, '-inf', '(' .. requestedAt)) do
  if not playing[client] then redis.call('ZREM', media, client) end
end
for i = FIRST_CLIENT, #ARGV do redis.call('ZADD', media, 'NX', requestedAt, ARGV[i]) end
redis.call('EXPIRE', media, expirySeconds)
return redis.call('ZCARD', media)
