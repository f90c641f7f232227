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

package io.github.penstock.actuate;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What limiters did in the last ten minutes, as the endpoint shows it.
 *
 * @param begun when the history began; another one has other numbers
 * @param at when its last interval ended
 * @param last the number of its last interval
 * @param everySeconds how long an interval is
 * @param limiters the limiters
 */
record HistoryDescriptor(String begun, String at, long last, long everySeconds,
		List<PastDescriptor> limiters) implements OperationResponseBody {

	/**
	 * A limiter; each list has a number for each interval, and ends with the last one.
	 *
	 * @param kind {@code bulkhead} or {@code rate-limit}
	 * @param name the name
	 * @param used the permits of a bulkhead that were in use in the mean of the interval,
	 * the tokens of a rate limit that were taken per second
	 * @param peak the permits of a bulkhead that were in use at most
	 * @param limit the limit of a bulkhead, the rate per second of a rate limit, at the
	 * end of the interval
	 * @param waiting the calls in line in the mean of the interval
	 * @param granted the calls that were let in, per second
	 * @param refused the calls that were not, per second
	 * @param wouldRefuse the calls that were let in though they would have been refused,
	 * per second
	 */
	record PastDescriptor(String kind, String name, List<Number> used, @Nullable List<Number> peak, List<Number> limit,
			List<Number> waiting, List<Number> granted, List<Number> refused, List<Number> wouldRefuse) {
	}

}
