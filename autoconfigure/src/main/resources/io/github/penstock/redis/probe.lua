-- Writes something that is gone in a moment: who cannot do that, does not count as there.
redis.call('SET', KEYS[1], '', 'PX', '1000')
return { 1 }
