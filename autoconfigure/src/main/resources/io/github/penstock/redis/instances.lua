-- Takes note that an instance is there, or that it goes, and counts all that are there.
--
-- KEYS[1]  a sorted set: instances, by when they were seen in milliseconds
-- ARGV     the instance, for how many milliseconds it counts from now on: none if it goes
-- returns  how many there are
local held = tonumber(ARGV[2])
if not (held and held >= 0 and held <= 86400000 and held % 1 == 0) then
	return redis.error_reply('PENSTOCK bad arguments')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if held == 0 then
	redis.call('ZREM', KEYS[1], ARGV[1])
else
	redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
	redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now - held))
	-- Seen later than now, by a clock that was set back since.
	redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')
	redis.call('PEXPIRE', KEYS[1], string.format('%.0f', held))
end
return { redis.call('ZCARD', KEYS[1]) }
