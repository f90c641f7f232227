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

package io.github.penstock.proof;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The times of the tokens that a bucket gave, and the bound that they have to keep (T1).
 * All of it is exact.
 */
final class Grants {

	/** One token in so many may be lost where a rate has too many digits. */
	static final BigInteger EXACT = BigInteger.ONE.shiftLeft(30);

	private final List<Long> times = new ArrayList<>();

	private final Rate rate;

	Grants(Rate rate) {
		this.rate = rate;
	}

	void add(long nanos) {
		this.times.add(nanos);
	}

	int count() {
		return this.times.size();
	}

	void assertT1() {
		assertT1(0);
	}

	/**
	 * Look at each window that begins with a grant and ends with a grant: of those with
	 * the same end, at the one with most grants beyond the rate.
	 */
	void assertT1(long slackNanos) {
		this.times.sort(null);
		int from = 0;
		for (int to = 0; to < this.times.size(); to++) {
			if (beyondRate(to).compareTo(beyondRate(from)) < 0) {
				from = to;
			}
			check(this.rate.burst, to - from + 1, this.times.get(to) - this.times.get(from) + slackNanos);
		}
	}

	/** What came before a grant, less what the rate had made by then. */
	private BigDecimal beyondRate(int index) {
		return BigDecimal.valueOf(index)
			.multiply(this.rate.perNanos())
			.subtract(this.rate.limit.multiply(BigDecimal.valueOf(this.times.get(index))));
	}

	/** Look at each window that begins at a given time, with so many tokens. */
	void assertNoMoreSince(long from, long tokens) {
		for (int i = 0; i < this.times.size(); i++) {
			check(tokens, i + 1, this.times.get(i) - from);
		}
	}

	private void check(long burst, long grants, long nanos) {
		// grants <= burst + rate * nanos, without a division
		BigDecimal refill = BigDecimal.valueOf(grants - burst).multiply(this.rate.perNanos());
		if (refill.compareTo(this.rate.limit.multiply(BigDecimal.valueOf(nanos))) > 0) {
			throw new AssertionError(grants + " grants within " + nanos + " ns at " + this.rate);
		}
	}

	/** Something that gives tokens. */
	interface Bucket {

		boolean tryAcquire(long now);

	}

	/** So many tokens in each period. */
	record Rate(BigDecimal limit, Duration per, long burst) {

		private BigDecimal perNanos() {
			return BigDecimal.valueOf(this.per.toNanos());
		}

		/** Whether it is from one a day to ten million a second. */
		boolean isUsual() {
			BigDecimal nanosPerToken = perNanos().divide(this.limit, 6, RoundingMode.CEILING);
			return nanosPerToken.compareTo(BigDecimal.valueOf(100)) >= 0
					&& nanosPerToken.compareTo(BigDecimal.valueOf(Duration.ofDays(1).toNanos())) <= 0;
		}

		/** The nanoseconds in which so many tokens come, rounded down. */
		long nanosFor(long tokens) {
			return perNanos().multiply(BigDecimal.valueOf(tokens))
				.divide(this.limit, 0, RoundingMode.DOWN)
				.longValueExact();
		}

		/** The whole tokens that come in so many nanoseconds. */
		BigInteger tokensIn(long nanos) {
			return this.limit.multiply(BigDecimal.valueOf(nanos))
				.divide(perNanos(), 0, RoundingMode.DOWN)
				.toBigIntegerExact();
		}

	}

}
