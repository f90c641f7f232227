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
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * A limiter as the endpoint shows it. What does not apply to its kind is {@code null}.
 *
 * @param kind {@code bulkhead} or {@code rate-limit}
 * @param name the name
 * @param limit the permits of a bulkhead, the tokens in each period of a rate limit
 * @param per the period of a rate limit
 * @param ratePerSecond the rate of a rate limit in tokens per second
 * @param burst the capacity of a rate limit's bucket
 * @param inUse the permits of a bulkhead that are out
 * @param available the permits or tokens that could be taken now
 * @param waiting the calls in line
 * @param granted the calls that were let in
 * @param refused the calls that were not
 * @param wouldRefuse the calls that were let in though they would have been refused, as
 * the limit is not enforced for all; they are not among {@code granted}
 * @param enforce of a hundred calls beyond the limit, for how many it holds: 0 is the
 * shadow mode
 * @param tokens the tokens that calls of a rate limit have taken
 * @param debt the tokens of a rate limit that are owed
 * @param waited the waits of calls that were let in after one
 * @param held how long permits of a bulkhead were held, of those that were measured
 * @param configuration the values in force and where they come from
 * @param version what a change may be tied to
 * @param plans what keys of a plan have, by its name; only if there are any
 * @param keys the keys that have a supply of their own
 * @param shared how it stands over all instances, if they share it
 * @param usedBy where it is at work
 * @param pauses the clients of it that hold their calls back because their server asked
 * for it; only if there are any
 * @param oldestHeldSeconds how long the oldest permit has been out, 0 if none is; only if
 * the limiter knows its holders
 * @param holders the calls that have held a permit longest, the oldest first; only if the
 * limiter knows them and was asked for alone
 * @param waiters the calls that have waited longest, likewise
 */
public record LimiterDescriptor(String kind, String name, Number limit, @Nullable String per,
		@Nullable Double ratePerSecond, @Nullable Long burst, @Nullable Integer inUse, long available, int waiting,
		long granted, RefusedDescriptor refused, long wouldRefuse, int enforce, @Nullable Long tokens,
		@Nullable Long debt, TimesDescriptor waited, @Nullable TimesDescriptor held,
		Map<String, ValueDescriptor> configuration, String version, @Nullable Map<String, PlanDescriptor> plans,
		KeysDescriptor keys, @Nullable SharedDescriptor shared, List<UsageDescriptor> usedBy,
		@Nullable List<PauseDescriptor> pauses, @Nullable Double oldestHeldSeconds,
		@Nullable List<HolderDescriptor> holders,
		@Nullable List<HolderDescriptor> waiters) implements OperationResponseBody {

	/**
	 * The calls that were not let in.
	 *
	 * @param total all of them
	 * @param byReason all of them by reason
	 */
	public record RefusedDescriptor(long total, Map<String, Long> byReason) {
	}

	/**
	 * How a limiter stands over all instances, as far as this one knows.
	 *
	 * @param instances how many instances share the store
	 * @param inUse the permits of a bulkhead that are out over all instances
	 * @param degraded whether the store does not answer
	 * @param onOutage what holds then: {@code local-share}, {@code open} or
	 * {@code closed}
	 */
	public record SharedDescriptor(int instances, @Nullable Integer inUse, boolean degraded, String onOutage) {
	}

	/**
	 * What keys of a plan have.
	 *
	 * @param limit the permits, or the tokens in each period
	 * @param per the period of a rate limit
	 * @param burst the capacity of a rate limit's bucket
	 */
	public record PlanDescriptor(Number limit, @Nullable String per, @Nullable Long burst) {
	}

	/**
	 * The keys that have a supply of their own.
	 *
	 * @param known how many there are
	 * @param max how many there may be
	 * @param overflowed how many calls came with a key that was not known when there were
	 * as many, and shared one supply
	 * @param busiest those that were let in most often, most first; only if the limiter
	 * was asked for alone
	 * @param mostRefused those that were refused most often, likewise
	 */
	public record KeysDescriptor(int known, int max, long overflowed, @Nullable List<KeyDescriptor> busiest,
			@Nullable List<KeyDescriptor> mostRefused) {
	}

	/**
	 * A key.
	 *
	 * @param key the beginning of its hash, or what it is if that may be shown
	 * @param granted the calls that were let in since it is known
	 * @param refused the calls that were not
	 * @param available the tokens or permits that it could take now
	 */
	public record KeyDescriptor(String key, long granted, long refused, long available) {
	}

	/**
	 * How long something took.
	 *
	 * @param count how often it was measured
	 * @param totalSeconds all of it together
	 * @param meanSeconds the mean, 0 if it was never measured
	 */
	public record TimesDescriptor(long count, double totalSeconds, double meanSeconds) {
	}

	/**
	 * A value in force.
	 *
	 * @param value the value
	 * @param source {@code runtime}, {@code yaml}, {@code annotation}, {@code code} or
	 * {@code default}
	 * @param configured what it would be without the change at run time; only with the
	 * source {@code runtime}
	 * @param until when the value of before comes back, if it does
	 */
	public record ValueDescriptor(@Nullable Object value, String source, @Nullable Object configured,
			@Nullable String until) {
	}

	/**
	 * A call that holds a permit, or waits for one.
	 *
	 * @param what the method that asked for it, as far as it is known
	 * @param thread the name of the thread that asked for it
	 * @param trace the id of its trace, if there is one
	 * @param since when the call got it, or began to wait
	 * @param ageSeconds how long ago that was
	 */
	public record HolderDescriptor(String what, String thread, @Nullable String trace, String since,
			double ageSeconds) {
	}

	/**
	 * A place where the limiter is at work.
	 *
	 * @param type {@code method}, {@code data-source}, {@code http-client} or
	 * {@code queue}
	 * @param name which one
	 */
	public record UsageDescriptor(String type, String name) {
	}

	/**
	 * A client that uses the limiter and holds its calls back.
	 *
	 * @param client which one
	 * @param pausedSeconds how long from now no call begins, 0 if they do
	 * @param restoringSeconds how long from now until the old pace is back
	 */
	public record PauseDescriptor(String client, double pausedSeconds, double restoringSeconds) {
	}

}
