-- The least that takes a permit, as a lease, by the clock of Redis.
--
-- KEYS[1]  a sorted set: permits that are out, by when their leases are over in milliseconds
-- ARGV     how many there are, the lease in milliseconds, a permit
-- returns  1 if it was taken
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
	return 0
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
