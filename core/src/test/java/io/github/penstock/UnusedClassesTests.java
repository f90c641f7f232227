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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who does not use keys, sliding windows, shared limits or holders does not pay for them
 * at the start: their classes are not loaded.
 */
@Timeout(120)
class UnusedClassesTests {

	private static final Pattern LOADED = Pattern.compile("io\\.github\\.penstock\\.([\\w$]+) source:");

	/** {@code KeyRate} and the like. */
	private static final Pattern OF_KEYS = Pattern.compile("Key.*|Rates|TokenSupplies");

	private static final Pattern OF_RATES = Pattern.compile("Token.*|RateLimiterSpec.*");

	private static final Pattern OF_WINDOWS = Pattern.compile("SlidingWindow.*");

	private static final Pattern OF_SHARED_LIMITS = Pattern.compile("Stock.*|StoreAccess|.*Outage.*");

	private static final Pattern OF_HOLDERS = Pattern.compile("Tracked.*|CallTracker.*|Holder.*");

	@Test
	void limitersLoadNothingThatTheyDoNotUse() throws Exception {
		assertThat(loadedBy("plain")).contains("SemaphoreLimiter", "TokenBucket")
			.noneMatch(OF_KEYS.asMatchPredicate())
			.noneMatch(OF_WINDOWS.asMatchPredicate())
			.noneMatch(OF_SHARED_LIMITS.asMatchPredicate())
			.noneMatch(OF_HOLDERS.asMatchPredicate());
	}

	/** On new JDKs the first number of any digits takes 20 ms. */
	@Test
	void bulkheadsLoadNothingOfRates() throws Exception {
		assertThat(loadedBy("bulkhead")).contains("SemaphoreLimiter").noneMatch(OF_RATES.asMatchPredicate());
	}

	@Test
	void limitersLoadWhatTheyUse() throws Exception {
		assertThat(loadedBy("all")).anyMatch(OF_KEYS.asMatchPredicate())
			.anyMatch(OF_WINDOWS.asMatchPredicate())
			.anyMatch(OF_HOLDERS.asMatchPredicate());
	}

	private static Set<String> loadedBy(String calls) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xlog:class+load", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
				Calls.class.getName(), calls)
			.redirectErrorStream(true)
			.start();
		try {
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).as(output).isZero();
			return LOADED.matcher(output).results().map((match) -> match.group(1)).collect(Collectors.toSet());
		}
		finally {
			process.destroyForcibly();
		}
	}

	/** What the other JVM runs. */
	static final class Calls {

		private Calls() {
		}

		public static void main(String[] arguments) {
			LimiterFactory factory = LimiterFactory.local(TimeSource.system());
			callBulkhead(factory);
			if (!arguments[0].equals("bulkhead")) {
				callRateLimit(factory);
			}
			if (arguments[0].equals("all")) {
				LimiterFactory tracking = LimiterFactory.tracking(factory, TimeSource.system());
				tracking.concurrencyLimiter("tracked", ConcurrencyLimiterSpec.of(1)).run(() -> {
				});
				factory.concurrencyLimiter("keyed", ConcurrencyLimiterSpec.of(1)).forKey("key").run(() -> {
				});
				factory.rateLimiter("sliding", RateLimiterSpec.of(1, Duration.ofSeconds(1)).withSliding(true))
					.tryAcquire();
			}
		}

		private static void callBulkhead(LimiterFactory factory) {
			ConcurrencyLimiter permits = factory.concurrencyLimiter("permits", ConcurrencyLimiterSpec.of(1));
			permits.run(() -> permits.exit(permits.enter()));
			permits.callAsync(() -> CompletableFuture.completedFuture("done")).join();
			CompletableFuture<Permit> held = permits.acquireAsync(Duration.ZERO, Runnable::run);
			CompletableFuture<Permit> waiting = permits.acquireAsync(Duration.ofMinutes(1), Runnable::run);
			permits.change((spec) -> spec.withMax(2));
			held.join().close();
			waiting.join().close();
			permits.stats();
		}

		private static void callRateLimit(LimiterFactory factory) {
			RateLimiter tokens = factory.rateLimiter("tokens", RateLimiterSpec.of(1000));
			tokens.tryAcquire();
			tokens.change((spec) -> spec.withTimeout(Duration.ZERO));
			tokens.stats();
		}

	}

}
