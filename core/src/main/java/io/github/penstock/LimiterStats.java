/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

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
 * @param tokens the tokens that calls have taken, less those that came back: one for each
 * call where nobody says what a call costs
 * @param wouldRefuse the calls that were let in though they would have been refused, as
 * the limit is not enforced, or not for all; they are not counted as granted
 */
public record LimiterStats(long granted, Map<RefusalReason, Long> refused, long waited, Duration waitTime,
		long holdsMeasured, Duration holdTime, long tokens, long wouldRefuse) {

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
