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

package io.github.penstock.http;

import java.util.concurrent.TimeUnit;

/**
 * When requests may begin after a pause. The pace grows evenly from nothing at the end of
 * the pause to what it was before at the end of the ramp. From there on it doubles each
 * half second, since what was measured may be far less than what the limits let through,
 * as when the first request of all has met the pause. Request number k may begin when the
 * area below that line is k.
 * <p>
 * Nobody stands in line here: each request takes the next number and knows its time from
 * it. One that leaves before its time has wasted a number, which makes the ramp a little
 * slower and needs no word to anybody.
 *
 * @param start the end of the pause and the begin of the ramp, in the time source's
 * nanoseconds
 * @param ramp how long the ramp takes, in nanoseconds
 * @param perSecond the pace at the end of the ramp
 * @param next the number of the next request
 */
record Schedule(long start, long ramp, long perSecond, long next) {

	private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

	/** How long the pace takes to become e times what it was, behind the ramp. */
	private static final double GROWTH = TimeUnit.MILLISECONDS.toNanos(500) / Math.log(2);

	/** When it has doubled thirty times nobody is held back, whatever the limit. */
	private static final long LONGEST_GROWTH = TimeUnit.SECONDS.toNanos(15);

	/** The number that a request which comes now would get. */
	long numberAt(long now) {
		return Math.max(this.next, due(now - this.start));
	}

	/** How long from now that number may begin. */
	long waitFor(long number, long now) {
		return this.start + offset(number) - now;
	}

	Schedule take(long number) {
		return new Schedule(this.start, this.ramp, this.perSecond, number + 1);
	}

	boolean isPausedAt(long now) {
		return this.start - now > 0;
	}

	/** Whether the old pace has come back. */
	boolean isRestoredAt(long now) {
		return now - this.start >= this.ramp;
	}

	/** The time of a number after the start. */
	private long offset(long number) {
		double whole = whole();
		double nanos = (number <= whole) ? Math.sqrt(2.0 * this.ramp * number * NANOS / this.perSecond)
				: this.ramp + GROWTH * Math.log1p((number - whole) / grown());
		return (long) nanos;
	}

	/** The number whose time has come, so long after the start. */
	private long due(long elapsed) {
		if (elapsed <= 0) {
			return 0;
		}
		if (elapsed < this.ramp) {
			return (long) (this.perSecond * ((double) elapsed / this.ramp) * elapsed / (2 * NANOS));
		}
		long growing = Math.min(elapsed - this.ramp, LONGEST_GROWTH);
		return (long) (whole() + grown() * Math.expm1(growing / GROWTH));
	}

	/** How many requests begin behind the ramp until the pace is e times what it was. */
	private double grown() {
		return this.perSecond * (GROWTH / NANOS);
	}

	/** How many requests begin during the ramp. */
	private double whole() {
		return this.perSecond * (this.ramp / NANOS) / 2;
	}

}
