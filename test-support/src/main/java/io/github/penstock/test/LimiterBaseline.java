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

package io.github.penstock.test;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.WeakHashMap;

import io.github.penstock.Limiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.LimiterStats;
import io.github.penstock.RefusalReason;

/**
 * From where a test counts. Limiters that outlive a test, as in a cached application
 * context, count on; this is what they had counted before.
 */
public final class LimiterBaseline {

	private static final Map<Limiter, LimiterStats> BASELINES = Collections.synchronizedMap(new WeakHashMap<>());

	private LimiterBaseline() {
	}

	/**
	 * Bring all limiters back to their configured values, and count anew in assertions.
	 * What is in use stays in use, and a bucket keeps the tokens that it has.
	 * @param registry the limiters
	 */
	public static void reset(LimiterRegistry registry) {
		registry.concurrencyLimiters().forEach(LimiterBaseline::reset);
		registry.rateLimiters().forEach(LimiterBaseline::reset);
	}

	private static void reset(Limiter limiter) {
		limiter.reset();
		BASELINES.put(limiter, limiter.stats());
	}

	/** What the limiter has counted since. */
	static LimiterStats since(Limiter limiter) {
		LimiterStats now = limiter.stats();
		LimiterStats before = BASELINES.get(limiter);
		if (before == null) {
			return now;
		}
		Map<RefusalReason, Long> refused = new EnumMap<>(RefusalReason.class);
		now.refused()
			.forEach((reason, count) -> refused.put(reason, count - before.refused().getOrDefault(reason, 0L)));
		return new LimiterStats(now.granted() - before.granted(), refused, now.waited() - before.waited(),
				now.waitTime().minus(before.waitTime()), now.holdsMeasured() - before.holdsMeasured(),
				now.holdTime().minus(before.holdTime()), now.tokens() - before.tokens(),
				now.wouldRefuse() - before.wouldRefuse());
	}

}
