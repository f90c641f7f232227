-- Puts tokens of one bucket back, charges some and lends some, in this order.
--
-- KEYS[1]  a string of numbers, which is gone when the bucket is full; it costs half of what a hash does:
--   t        when this was so, in microseconds of an epoch of our own
--   s        how far the clock was set back since the bucket was full: t + s is a clock that was not
--   d        units missing in a full bucket; what is more than it holds is promised for later
--   w        when the last of what was promised for later is due, by the time of serials
--   v        units that would be missing by what was lent alone, had nothing of it been put back; what was lent after all
--            that was promised, or by the last call that took tokens, is taken out of it again
--   n        the serial of that call: when it was, or a little more, so that no two are the same
--   u, p, c  units of a token, units that come in a microsecond, tokens of a full bucket
-- ARGV     u, p, c, tokens to charge, number of those put back,
--          if there are any what t + s was when this was asked, and for each its tokens, which are the last ones of an
--          answer, in how many microseconds from then on the bucket would have run over, and the answer's serial,
--          if any are wanted how many over all, and a text: for each its tokens and how many microseconds it can wait
-- returns  the serial, in how many microseconds the bucket is full, t + s of now,
--          for each that is wanted how many microseconds it waits, or -1 - that if it did not get any; one 0 if nobody waits
--
-- All numbers are whole and below 2^53, so that none of them is rounded.
local MOST = 4503599627370496

local function argument(at, least, most)
	local number = tonumber(ARGV[at])
	-- What is not a number compares false.
	return number and number >= least and number <= most and number % 1 == 0 and number
end

local function refusal(what)
	return redis.error_reply('PENSTOCK bad ' .. what)
end

local u, p, c = argument(1, 1, MOST), argument(2, 1, MOST), argument(3, 1, MOST)
if not (u and p and c and c * u <= MOST / 2) then
	return refusal('scale')
end
local full = c * u

local time = redis.call('TIME')
local now = (time[1] - 1767225600) * 1000000 + time[2]
local entry = redis.call('GET', KEYS[1])
local s, d, v, w, n, changed = 0, 0, 0, -1, 0, false
if entry then
	local at, back, missing, ours, due, serial, before, pace, held = string.match(entry,
		'^(-?%d+) (%d+) (%d+) (%d+) (-?%d+) (-?%d+) (%d+) (%d+) (%d+)$')
	if not at then
		return refusal('entry')
	end
	at, before, held = tonumber(at), tonumber(before), tonumber(held)
	w, n = tonumber(due), tonumber(serial)
	-- A clock that was set back makes nothing, and counts from where it is.
	changed = at > now
	s = back + math.max(0, at - now)
	local came = math.max(0, (now - at) * pace)
	d, v = math.max(0, missing - came), math.max(0, ours - came)
	if before ~= u or tonumber(pace) ~= p or held ~= c then
		-- As many tokens as there were, rounded down.
		local function rescaled(units)
			local rest = units % before
			local part = rest > 0 and math.min(u, math.ceil(rest * u / before) + 1) or 0
			return math.min(MOST, math.max(0, (c - held + (units - rest) / before) * u + part))
		end
		d = rescaled(d)
		v = math.min(rescaled(v), d)
		changed = true
	end
end

local charged, returned = argument(4, -MOST, MOST), argument(5, 0, MOST)
local first = returned and returned > 0 and 7 or 6
local last = returned and first - 1 + 3 * returned
if not (charged and returned and (#ARGV == last or #ARGV == last + 2)) then
	return refusal('arguments')
end

local late = 0
if returned > 0 then
	local asked = argument(6, -2 * MOST, 2 * MOST)
	if not asked then
		return refusal('return')
	end
	-- Of a bucket that was gone meanwhile, and of a clock that was set back, this may be less than nothing.
	late = math.max(0, now + s - asked)
end
for at = first, last, 3 do
	local tokens, over, serial = argument(at, 1, MOST), argument(at + 1, -MOST, MOST), argument(at + 2, -1, 2 * MOST)
	if not (tokens and over and serial) then
		return refusal('return')
	end
	local back = math.min(math.max(0, (over - late) * p), tokens * u, d)
	-- What was promised since, for a time when this was taken, came later than it would have otherwise.
	if serial < w and serial ~= n then
		back = math.min(back, math.max(0, d - v))
	end
	d = d - back
	v = math.min(serial == n and math.max(0, v - back) or v, d)
end

if charged > 0 then
	d = d + charged * u
	if d > MOST then
		return refusal('charge: more than can be counted')
	end
elseif charged < 0 then
	d = math.max(0, d + charged * u)
	v = math.min(v, d)
end

local reply = { n, 0, now + s }
if #ARGV > last then
	local total, wanted = argument(last + 1, 1, MOST), ARGV[last + 2]
	if not (total and string.find(wanted, '^%d+ [%d ]+$')) then
		return refusal('want')
	end
	if total <= c and d + total * u <= full then
		-- Nobody waits, so that nobody need be looked at.
		d, v = d + total * u, v + total * u
		reply[1], reply[4] = math.max(n + 1, now), 0
		wanted, total = '', 0
	end
	for of, most in string.gmatch(wanted, '(%d+) (%d+)') do
		local tokens, patience = tonumber(of), tonumber(most)
		if not (tokens >= 1 and tokens <= c and patience <= 2 * MOST) then
			return refusal('want')
		end
		total = total - tokens
		local units = tokens * u
		local wait = math.ceil(math.max(0, d + units - full) / p)
		if wait <= patience and d + units <= MOST then
			d = d + units
			v = math.max(v, wait * p) + units
			reply[1] = math.max(n + 1, now)
			if wait > 0 then
				w = math.max(w, reply[1] + wait)
			end
		else
			wait = -1 - wait
		end
		reply[#reply + 1] = wait
	end
	if total ~= 0 then
		return refusal('want')
	end
end
reply[2] = math.ceil(d / p)

if not (changed or returned > 0 or charged ~= 0 or reply[1] > n) then
	-- The time alone changes nothing that the next call could not tell.
	return reply
elseif d > 0 or s > 0 then
	redis.call('SET', KEYS[1], string.format('%.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f', now, s, d, v, w, reply[1], u, p, c),
		'PX', string.format('%.0f', math.ceil(reply[2] / 1000) + 1000))
elseif entry then
	redis.call('DEL', KEYS[1])
end
return reply
