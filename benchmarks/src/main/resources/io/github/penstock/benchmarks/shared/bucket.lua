-- The least that takes a token of one bucket by the clock of Redis (GCRA).
--
-- KEYS[1]  a string: when the bucket is full, in microseconds of an epoch of our own
-- ARGV     microseconds in which a token comes, tokens of a full bucket
-- returns  0 if a token was taken, else in how many microseconds there is one
local cost, capacity = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = (time[1] - 1767225600) * 1000000 + time[2]
local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0)) + cost
local wait = full - now - cost * capacity
if wait > 0 then
	return wait
end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', string.format('%.0f', math.ceil((full - now) / 1000)))
return 0
