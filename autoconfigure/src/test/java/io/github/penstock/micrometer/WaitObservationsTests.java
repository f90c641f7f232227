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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.test.MovableTime;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WaitObservations}.
 */
class WaitObservationsTests {

	private final MovableTime time = new MovableTime();

	private final LimiterRegistry limiters = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter limiter = this.limiters.register("inventory", ConcurrencyLimiterSpec.of(1));

	private final ObservationRegistry observations = ObservationRegistry.create();

	private final List<String> seen = new ArrayList<>();

	@Test
	void callThatNeedNotWaitIsNotObserved() throws Exception {
		observe();
		this.limiter.acquire().close();
		this.limiter.run(() -> assertThat(this.seen).isEmpty());
		assertThat(this.seen).isEmpty();
	}

	@Test
	void waitIsObservedUnderWhatItsCallIsPartOf() throws Exception {
		observe();
		Permit permit = this.limiter.acquire();
		Observation outer = Observation.start("http", this.observations);
		CompletableFuture<Permit> waiting;
		try (Observation.Scope scope = outer.openScope()) {
			waiting = this.limiter.acquireAsync(Duration.ofSeconds(10), Runnable::run);
		}
		outer.stop();
		permit.close();
		waiting.get().close();
		assertThat(this.seen).contains("start penstock.wait below http",
				"stop penstock.wait [kind=bulkhead, name=inventory, outcome=granted]");
	}

	@Test
	void waitThatIsGivenUpIsStopped() throws Exception {
		observe();
		try (Permit permit = this.limiter.acquire()) {
			this.limiter.acquireAsync(Duration.ofSeconds(10), Runnable::run).cancel(false);
		}
		assertThat(this.seen).containsExactly("start penstock.wait below nothing",
				"stop penstock.wait [kind=bulkhead, name=inventory, outcome=cancelled]");
	}

	private void observe() {
		this.observations.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {

			@Override
			public void onStart(Observation.Context context) {
				String parent = (context.getParentObservation() != null)
						? context.getParentObservation().getContextView().getName() : "nothing";
				WaitObservationsTests.this.seen.add("start " + context.getName() + " below " + parent);
			}

			@Override
			public void onStop(Observation.Context context) {
				WaitObservationsTests.this.seen.add("stop " + context.getName() + " "
						+ context.getLowCardinalityKeyValues()
							.stream()
							.map((value) -> value.getKey() + "=" + value.getValue())
							.toList());
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		new WaitObservations(this.limiters, this.observations).afterSingletonsInstantiated();
	}

}
