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

package io.github.penstock.micrometer;

import java.util.Locale;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Limiter;
import io.github.penstock.LimiterListener;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RefusalReason;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Makes each wait for a permit or a token an observation {@code penstock.wait}, so that a
 * trace shows it as a span of its own. Calls that need not wait are not observed.
 */
public final class WaitObservations implements SmartInitializingSingleton {

	private final LimiterRegistry limiters;

	private final ObservationRegistry observations;

	/**
	 * Create the observations.
	 * @param limiters the limiters
	 * @param observations where the observations go
	 */
	public WaitObservations(LimiterRegistry limiters, ObservationRegistry observations) {
		this.limiters = limiters;
		this.observations = observations;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.limiters.forEachLimiter((limiter) -> limiter.listen(new LimiterListener() {

			@Override
			public @Nullable Wait waiting() {
				return start(limiter);
			}

		}));
	}

	private LimiterListener.@Nullable Wait start(Limiter limiter) {
		if (this.observations.isNoop()) {
			return null;
		}
		String kind = (limiter instanceof ConcurrencyLimiter) ? "bulkhead" : "rate-limit";
		Observation observation = Observation.createNotStarted("penstock.wait", this.observations)
			.contextualName("wait for " + limiter.name())
			.lowCardinalityKeyValue("kind", kind)
			.lowCardinalityKeyValue("name", limiter.name())
			.lowCardinalityKeyValue("outcome", "none")
			.start();
		return (refusal) -> observation.lowCardinalityKeyValue("outcome", outcome(refusal)).stop();
	}

	private static String outcome(@Nullable RefusalReason refusal) {
		return (refusal != null) ? refusal.name().toLowerCase(Locale.ROOT).replace('_', '-') : "granted";
	}

}
