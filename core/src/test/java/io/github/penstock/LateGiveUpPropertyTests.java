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

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever waiters give up of what they were granted, and whenever, the others get
 * {@code burst + rate * T} at most (T1).
 */
class LateGiveUpPropertyTests {

	private static final long NANOS_PER_TOKEN = 1_000;

	@Property(tries = 300, shrinking = ShrinkingMode.OFF)
	void tokensThatAreGivenUpLateAreNoneTooMany(@ForAll @IntRange(min = 1, max = 4) int burst,
			@ForAll @Size(min = 10, max = 60) List<@IntRange(max = 7) Integer> steps) {
		ManualTime time = new ManualTime();
		RateLimiter limiter = LimiterFactory.local(time)
			.rateLimiter("late", new RateLimiterSpec(BigDecimal.ONE, Duration.ofNanos(NANOS_PER_TOKEN), (long) burst,
					Duration.ofSeconds(1), 100));
		List<CompletableFuture<Void>> pending = new ArrayList<>();
		List<Long> granted = new ArrayList<>();
		for (int step : steps) {
			switch (step) {
				case 0, 1 -> time.advanceNanos(300L);
				case 2 -> time.advanceNanos(5 * NANOS_PER_TOKEN);
				case 3, 4 -> pending.add(limiter.acquireAsync(Duration.ofSeconds(1), (task) -> {
				}));
				case 5 -> {
					if (!pending.isEmpty()) {
						pending.remove(0).cancel(false);
					}
				}
				default -> {
					if (limiter.tryAcquire()) {
						granted.add(time.nanoTime());
					}
				}
			}
		}
		for (int from = 0; from < granted.size(); from++) {
			for (int to = from; to < granted.size(); to++) {
				long window = granted.get(to) - granted.get(from);
				assertThat(to - from + 1L).isLessThanOrEqualTo(burst + window / NANOS_PER_TOKEN);
			}
		}
	}

}
