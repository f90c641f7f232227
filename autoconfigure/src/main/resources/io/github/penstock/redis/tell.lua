-- Tells all instances something.
--
-- KEYS[1]  anything in the slot by which it goes
-- ARGV     a channel, a message
redis.call('PUBLISH', ARGV[1], ARGV[2])
return { 1 }
