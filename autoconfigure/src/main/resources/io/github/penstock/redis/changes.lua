-- Tells all values that were changed, puts those in force whose time has come, and keeps all for as long as somebody asks.
--
-- KEYS[1]  a hash, as change.lua has it
-- ARGV     for how many milliseconds they are kept from now on, a channel
-- returns  of each limiter its name, and its version and values, with +milliseconds from now on for those of later
local held = tonumber(ARGV[1])
if not (held and held >= 1000 and held <= 86400000 and held % 1 == 0 and #ARGV == 2) then
	return redis.error_reply('PENSTOCK bad arguments')
end
local changes = redis.call('HGETALL', KEYS[1])
if #changes == 0 then
	return changes
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for at = 1, #changes, 2 do
	local version, values = string.match(changes[at + 1], '^(%d+) (.*)$')
	local ended = false
	while true do
		local due, later = string.match(values, '^[^\n]*\n(%d+) (.*)$')
		if not due or tonumber(due) > now then
			break
		end
		values, ended = later, true
	end
	if ended then
		version = string.format('%.0f', version + 1)
		redis.call('HSET', KEYS[1], changes[at], version .. ' ' .. values)
		redis.call('PUBLISH', ARGV[2], changes[at])
	end
	changes[at + 1] = version .. ' ' .. string.gsub(values, '\n(%d+) ', function(due)
		return string.format('\n+%.0f ', due - now)
	end)
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return changes
