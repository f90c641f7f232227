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

package io.github.penstock.benchmarks.scale;

import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.benchmarks.spring.Framework;
import io.github.penstock.benchmarks.spring.Service;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * One thread subscribes to so many {@code Mono}s of an annotated method with 10 permits,
 * all of which are out; then the permits come back. No other contender waits without a
 * thread: Resilience4j parks the one that subscribes.
 */
final class AsyncWaiters {

	private AsyncWaiters() {
	}

	/**
	 * Measure.
	 * @param args how many
	 */
	public static void main(String[] args) throws Exception {
		int waiters = Integer.parseInt(args[0]);
		try (ConfigurableApplicationContext context = Framework.PENSTOCK.start(Limited.class)) {
			Limited service = context.getBean(Limited.class);
			run(service, Math.min(waiters, 10_000));
			Result.print(run(service, waiters));
		}
	}

	private static Map<String, Object> run(Limited service, int waiters) throws Exception {
		Sinks.One<String> gate = Sinks.one();
		CountDownLatch done = new CountDownLatch(Arrivals.MAX + waiters);
		for (int holder = 0; holder < Arrivals.MAX; holder++) {
			service.when(gate.asMono()).subscribe((value) -> done.countDown());
		}
		long before = Usage.liveBytes();
		Mono<String> now = Mono.just("it");
		Usage subscribing = Usage.of(() -> {
			for (int waiter = 0; waiter < waiters; waiter++) {
				service.when(now).subscribe((value) -> done.countDown());
			}
			return done;
		});
		double bytes = (double) (Usage.liveBytes() - before) / waiters;
		Usage draining = Usage.of(() -> {
			gate.tryEmitValue("it");
			done.await();
			return done;
		});
		return Map.of("bytesPerWaiter", bytes, "joinMillis", subscribing.wallMillis(), "drainMillis",
				draining.wallMillis(), "peakHeapMegabytes", draining.peakHeapMegabytes());
	}

	static class Limited extends Service {

		@Bulkhead(max = Arrivals.MAX, timeout = "5m")
		public Mono<String> when(Mono<String> work) {
			return work;
		}

	}

}
