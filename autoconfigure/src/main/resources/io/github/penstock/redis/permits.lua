-- Lends an instance permits of one bulkhead: of what there is, each instance has as much as it wants, or an equal share.
--
-- KEYS[1]  a hash, which has of each instance: permits booked for it, permits that it may use, permits that it wants, since
--          when it waits or when it was lent the last one, when it asked, how long that holds, the number of its question
-- ARGV     the instance, the number of its question, max, lease, permits in use there, permits wanted there, 1 if it has
--          some that it was lent before, a channel, by what the bulkhead is known there
-- returns  permits that it may use, permits booked for it, 1 if it lost what it had, permits booked for all
--
-- Times are in microseconds of an epoch of our own. A question says all that there is to say: asked twice, it is one.
local MOST = 2147483647
-- Who waits asks several times a second, unless it is not there any more.
local PATIENCE = 2000000
-- Who was told something is told it again after that, for messages can get lost.
local REPEAT = 50000

local function argument(at, least, most)
	local number = tonumber(ARGV[at])
	-- What is not a number compares false.
	return number and number >= least and number <= most and number % 1 == 0 and number
end

local number, max, lease = argument(2, 0, 9007199254740991), argument(3, 0, MOST), argument(4, 1000, 31536000000000)
local keep, want, known = argument(5, 0, MOST), argument(6, 0, MOST), argument(7, 0, 1)
if not (number and max and lease and keep and want and known and keep <= want and #ARGV == 9) then
	return redis.error_reply('PENSTOCK bad arguments')
end

local time = redis.call('TIME')
local now = (time[1] - 1767225600) * 1000000 + time[2]

local me
local all, gone = {}, {}
local others = 0
local fields = redis.call('HGETALL', KEYS[1])
for at = 1, #fields, 2 do
	local booked, lent, wanted, since, asked, held, asking = string.match(fields[at + 1],
		'^(%d+) (%d+) (%d+) (-?%d+) (-?%d+) (%d+) (%d+)$')
	if not booked then
		return redis.error_reply('PENSTOCK bad entry')
	end
	local one = { id = fields[at], booked = tonumber(booked), lent = tonumber(lent), want = tonumber(wanted),
		since = tonumber(since), asked = tonumber(asked), lease = tonumber(held), number = tonumber(asking) }
	if one.asked > now then
		-- The clock was set back: no lease becomes longer by that.
		one.asked, one.since, one.changed = now, math.min(one.since, now), true
	end
	if one.id == ARGV[1] then
		if one.asked + one.lease > now then
			me = one
		end
	elseif one.asked + one.lease > now then
		one.waits = one.want > one.booked and now - one.asked <= PATIENCE
		one.demand = one.waits and one.want or one.booked
		all[#all + 1] = one
		others = others + one.booked
	else
		gone[#gone + 1] = one.id
	end
end
if me and number <= me.number then
	return { me.lent, me.booked, 0, others + me.booked }
end

local lost = not me and known == 1
local before = me
local had, waited, since = me and me.booked or 0, me and me.want > me.booked, me and me.since or now
me = { id = ARGV[1], booked = had, want = want, demand = want, since = since, asked = now, lease = lease, number = number }
all[#all + 1] = me

-- As many for each as it demands, or equal shares; what is left of these goes round: to who has waited longest for it.
local function share()
	table.sort(all, function(one, other)
		return one.demand < other.demand
	end)
	local left, equal = max, nil
	for at, one in ipairs(all) do
		equal = equal or one.demand * (#all - at + 1) > left and math.floor(left / (#all - at + 1))
		one.share = equal or one.demand
		left = left - one.share
	end
	table.sort(all, function(one, other)
		local served, otherServed = one.booked > one.share, other.booked > other.share
		if served ~= otherServed then
			return otherServed
		end
		return one.since < other.since or one.since == other.since and one.id < other.id
	end)
	for _, one in ipairs(all) do
		if left > 0 and one.demand > one.share then
			one.share, left = one.share + 1, left - 1
		end
	end
end

share()
me.lent = math.max(0, math.min(want, me.share, max - others))
me.booked = math.max(lost and 0 or keep, me.lent)
me.waits = want > me.booked
if me.booked ~= had or me.waits and not waited then
	me.since = now
end

-- Those who can have some now, and those who have to give some back and were not told.
share()
local wake = {}
local spare, waiting = max - others - me.booked, false
for _, one in ipairs(all) do
	if one.waits and one.share > one.booked then
		waiting = true
		if one ~= me and spare > 0 then
			spare = spare - (one.share - one.booked)
			wake[#wake + 1] = one.id
		end
	end
end
for _, one in ipairs(all) do
	if waiting and one ~= me and one.lent > one.share then
		wake[#wake + 1] = one.id
	end
end
if before and before.booked == me.booked and before.lent == me.lent and before.want == me.want
		and now - before.asked < REPEAT then
	-- No news: those who go by another limit, as while instances are replaced, would wake each other all the time.
	wake = {}
end

local entries, longest = {}, 0
for _, one in ipairs(all) do
	if one == me and want > 0 or one.changed then
		entries[#entries + 1] = one.id
		entries[#entries + 1] = string.format('%.0f %.0f %.0f %.0f %.0f %.0f %.0f', one.booked, one.lent, one.want,
			one.since, one.asked, one.lease, one.number)
	end
	longest = math.max(longest, one.asked + one.lease - now)
end
if want == 0 then
	gone[#gone + 1] = me.id
end
-- As many at once as a call can take.
for at = 1, #gone, 1000 do
	redis.call('HDEL', KEYS[1], unpack(gone, at, math.min(#gone, at + 999)))
end
for at = 1, #entries, 1000 do
	redis.call('HSET', KEYS[1], unpack(entries, at, math.min(#entries, at + 999)))
end
if #entries > 0 then
	redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil(longest / 1000) + 1000))
end
if #wake > 0 then
	redis.call('PUBLISH', ARGV[8], ARGV[9] .. ' ' .. table.concat(wake, ' '))
end
return { me.lent, me.booked, lost and 1 or 0, others + me.booked }
