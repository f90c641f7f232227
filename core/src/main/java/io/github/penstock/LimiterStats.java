package io.github.penstock;

import java.time.Duration;
import java.util.Map;

/**
 * What a limiter has counted since it was made.
 *
 * @param granted the calls that were let in
 * @param refused the calls that were not, by reason; each reason has an entry
 * @param waited the calls that were let in after a wait
 * @param waitTime how long those calls waited, together
 * @param holdsMeasured the permits whose hold time was measured: the first of each 128
 * @param holdTime how long those permits were held, together; divided by
 * {@code holdsMeasured} it is the mean
 */
public record LimiterStats(long granted, Map<RefusalReason, Long> refused, long waited, Duration waitTime,
		long holdsMeasured, Duration holdTime) {

	/**
	 * Copy the map.
	 */
	public LimiterStats {
		refused = Map.copyOf(refused);
	}

	/**
	 * Return the calls that were not let in, for whatever reason.
	 * @return the number of calls
	 */
	public long refusedTotal() {
		return this.refused.values().stream().mapToLong(Long::longValue).sum();
	}

}
