-- Puts values of a limiter down that were changed by one instance, unless another one was faster, and tells all.
--
-- KEYS[1]  a hash: of each limiter that was changed, a version, the values in force, none for those that are configured, and
--          in a line of its own for each time at which they change again when that is, in milliseconds, and the values then
-- ARGV     the limiter, the version that it had when it was changed, the values and those of later, with +milliseconds from
--          now on, for how many milliseconds they are kept, a channel
-- returns  1 and the version that they have now; or 0, and the version and the values of somebody else, as in ARGV
local known, held = tonumber(ARGV[2]), tonumber(ARGV[4])
if not (known and known >= 0 and held and held >= 1000 and held <= 86400000 and held % 1 == 0 and #ARGV == 5) then
	return redis.error_reply('PENSTOCK bad arguments')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if entry then
	local version, values = string.match(entry, '^(%d+) (.*)$')
	-- An older one is of a Redis that has lost something: it knows less than who asks.
	if tonumber(version) > known then
		return { 0, tonumber(version), (string.gsub(values, '\n(%d+) ', function(due)
			return string.format('\n+%.0f ', math.max(0, due - now))
		end)) }
	end
end
local values = string.gsub(ARGV[3], '\n%+(%d+) ', function(millis)
	return string.format('\n%.0f ', now + millis)
end)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f ', known + 1) .. values)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PUBLISH', ARGV[5], ARGV[1])
return { 1, known + 1, '' }
