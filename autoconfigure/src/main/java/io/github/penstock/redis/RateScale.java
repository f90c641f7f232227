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

package io.github.penstock.redis;

import java.math.BigInteger;

import io.github.penstock.RateLimiterSpec;

/**
 * A rate in whole numbers that a script can count with, which has doubles only: a token
 * costs so many units, of which so many come in a microsecond.
 * <p>
 * Where the numbers of a rate are too large for that, a token costs a little more than it
 * should: less than one part in 2<sup>40</sup> for a bucket of up to 2 048 tokens, and
 * one in 2<sup>51</sup> for each token of a larger one. So the rate is never too high.
 *
 * @param unitsPerToken what a token costs
 * @param unitsPerMicro what comes in a microsecond
 * @param capacity the tokens of a full bucket
 */
record RateScale(long unitsPerToken, long unitsPerMicro, long capacity) {

	/** What can be missing in a bucket, if need be into debt. */
	static final long MOST = 1L << 52;

	private static final BigInteger MOST_CAPACITY = BigInteger.valueOf(MOST / 2);

	/** More than that would leave too little room for debts. */
	private static final BigInteger PRECISE_COST = BigInteger.ONE.shiftLeft(40);

	private static final BigInteger LEAST_PRECISION = BigInteger.ONE.shiftLeft(20);

	private static final BigInteger NANOS_PER_MICRO = BigInteger.valueOf(1_000);

	static RateScale of(RateLimiterSpec rate) {
		int digits = Math.max(0, rate.limit().scale());
		BigInteger units = rate.limit().movePointRight(digits).toBigIntegerExact().multiply(NANOS_PER_MICRO);
		BigInteger cost = BigInteger.valueOf(rate.per().toNanos()).multiply(BigInteger.TEN.pow(digits));
		BigInteger divisor = units.gcd(cost);
		units = units.divide(divisor);
		cost = cost.divide(divisor);
		BigInteger capacity = BigInteger.valueOf(rate.capacity());
		boolean fits = cost.multiply(capacity).compareTo(MOST_CAPACITY) <= 0
				&& units.compareTo(BigInteger.valueOf(MOST)) <= 0;
		boolean leavesRoom = cost.compareTo(PRECISE_COST) <= 0 || units.equals(BigInteger.ONE);
		return (fits && leavesRoom) ? of(units, cost, capacity) : rounded(units, cost, capacity, rate);
	}

	private static RateScale rounded(BigInteger units, BigInteger cost, BigInteger capacity, RateLimiterSpec rate) {
		BigInteger mostCost = MOST_CAPACITY.divide(capacity).min(PRECISE_COST);
		BigInteger roundedUnits = mostCost.multiply(units).divide(cost).max(BigInteger.ONE);
		BigInteger roundedCost = roundedUnits.multiply(cost).add(units).subtract(BigInteger.ONE).divide(units);
		if (roundedCost.multiply(capacity).compareTo(MOST_CAPACITY) > 0 || roundedCost.compareTo(LEAST_PRECISION) < 0) {
			throw new IllegalArgumentException("A burst of " + rate.capacity() + " tokens is too large for "
					+ rate.rate() + " to be kept exactly where all instances share it");
		}
		return of(roundedUnits, roundedCost, capacity);
	}

	private static RateScale of(BigInteger units, BigInteger cost, BigInteger capacity) {
		return new RateScale(cost.longValueExact(), units.longValueExact(), capacity.longValueExact());
	}

}
