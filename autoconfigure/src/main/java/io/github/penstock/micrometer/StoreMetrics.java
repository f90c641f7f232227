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

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meters of the store of shared limits, which read what it counts itself.
 */
public final class StoreMetrics implements MeterBinder {

	private final Supplier<State> state;

	/**
	 * Create the metrics.
	 * @param state tells how the store fares
	 */
	public StoreMetrics(Supplier<State> state) {
		this.state = state;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("penstock.store.up", this.state, (state) -> state.get().up() ? 1 : 0)
			.description("1 while the store of shared limits answers, 0 while it does not")
			.register(registry);
		Gauge.builder("penstock.store.instances", this.state, (state) -> state.get().instances())
			.description("Instances that share limits, as last seen")
			.baseUnit("instances")
			.register(registry);
		FunctionTimer
			.builder("penstock.store.questions", this.state, (state) -> state.get().questions(),
					(state) -> state.get().answerTime().toNanos(), TimeUnit.NANOSECONDS)
			.description("Questions that the store was asked, and how long its answers took")
			.register(registry);
		FunctionCounter.builder("penstock.store.failures", this.state, (state) -> state.get().failures())
			.description("Questions that the store did not answer, or not in time")
			.baseUnit("questions")
			.register(registry);
	}

	/**
	 * How a store fares.
	 *
	 * @param up whether it answers
	 * @param instances how many instances share it
	 * @param questions how many questions it was asked
	 * @param failures how many of them it did not answer in time
	 * @param answerTime how long its answers took, together
	 */
	public record State(boolean up, int instances, long questions, long failures, Duration answerTime) {
	}

}
