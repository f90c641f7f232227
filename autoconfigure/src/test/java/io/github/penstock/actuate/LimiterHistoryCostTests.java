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

import java.lang.management.ManagementFactory;
import java.util.Arrays;

import com.sun.management.ThreadMXBean;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.test.MovableTime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link LimiterHistory} costs for as many limiters as it keeps.
 */
class LimiterHistoryCostTests {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private final MovableTime time = new MovableTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final LimiterHistory history = new LimiterHistory(this.registry, this.time, Runnable::run);

	private void begin() {
		for (int i = 0; i < LimiterHistory.MOST_LIMITERS / 2; i++) {
			this.registry.register("bulkhead-" + i, ConcurrencyLimiterSpec.of(5));
			this.registry.register("rate-" + i, RateLimiterSpec.of(5));
		}
		this.history.afterSingletonsInstantiated();
		look(1);
	}

	private void look(int times) {
		this.time.advance(LimiterHistory.INTERVAL.multipliedBy(times));
	}

	/** A look leaves nothing behind but numbers in arrays that are there. */
	@Test
	void lookTakesFewBytesForEachLimiter() {
		begin();
		look(20);
		long before = THREADS.getCurrentThreadAllocatedBytes();
		look(10);
		long each = (THREADS.getCurrentThreadAllocatedBytes() - before) / (10 * LimiterHistory.MOST_LIMITERS);
		assertThat(each).isLessThan(10_000);
	}

	/** Prints what docs/performance.md says. */
	@Test
	@Tag("soak")
	void costOfAThousandLimiters() {
		begin();
		look(2000);
		long[] nanos = new long[500];
		for (int i = 0; i < nanos.length; i++) {
			long before = THREADS.getCurrentThreadCpuTime();
			look(1);
			nanos[i] = THREADS.getCurrentThreadCpuTime() - before;
		}
		long allocated = THREADS.getCurrentThreadAllocatedBytes();
		look(1);
		allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
		long empty = heap();
		LimiterHistory other = new LimiterHistory(this.registry, this.time, Runnable::run);
		other.afterSingletonsInstantiated();
		look(2);
		long kept = heap() - empty;
		other.destroy();
		Arrays.sort(nanos);
		System.out.printf(
				"A look at %d limiters: median %d µs, 99 %% below %d µs, %d bytes allocated; kept: %d bytes of each%n",
				LimiterHistory.MOST_LIMITERS, nanos[nanos.length / 2] / 1000, nanos[nanos.length * 99 / 100] / 1000,
				allocated, kept / LimiterHistory.MOST_LIMITERS);
		assertThat(other.since(null).limiters()).hasSize(LimiterHistory.MOST_LIMITERS);
		assertThat(kept / LimiterHistory.MOST_LIMITERS).isBetween(8000L, 10_000L);
	}

	private static long heap() {
		long used = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			Runtime runtime = Runtime.getRuntime();
			used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
		}
		return used;
	}

}
