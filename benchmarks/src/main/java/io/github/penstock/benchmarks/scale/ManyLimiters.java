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
import java.util.TreeMap;
import java.util.function.IntConsumer;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.micrometer.LimiterMetrics;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedBulkheadMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedRateLimiterMetrics;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * What each of many bulkheads and rate limits, as many of both, takes of time and heap to
 * be there, with its meters, and in one scrape of Prometheus.
 */
final class ManyLimiters {

	private static final int SCRAPES = 7;

	private ManyLimiters() {
	}

	/**
	 * Measure.
	 * @param args {@code PENSTOCK} or {@code RESILIENCE4J}, how many of each kind
	 */
	public static void main(String[] args) {
		int count = Integer.parseInt(args[1]);
		Limiters warmUp = Limiters.of(args[0]);
		warmUp.register.accept(0);
		PrometheusMeterRegistry other = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		warmUp.meters.bindTo(other);
		other.scrape();

		Limiters limiters = Limiters.of(args[0]);
		long empty = Usage.liveBytes();
		long start = System.nanoTime();
		for (int limiter = 0; limiter < count; limiter++) {
			limiters.register.accept(limiter);
		}
		Map<String, Object> result = new TreeMap<>();
		result.put("microsEach", (System.nanoTime() - start) / 1e3 / count);
		long there = Usage.liveBytes();
		result.put("bytesEach", (double) (there - empty) / count);

		PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		limiters.meters.bindTo(meters);
		result.put("meterBytesEach", (double) (Usage.liveBytes() - there) / count);
		double best = Double.MAX_VALUE;
		String text = "";
		for (int scrape = 0; scrape < SCRAPES; scrape++) {
			start = System.nanoTime();
			text = meters.scrape();
			best = Math.min(best, Usage.millis(System.nanoTime() - start));
		}
		result.put("scrapeMillis", best);
		result.put("scrapeBytesEach", (double) text.length() / count);
		Result.print(result);
		limiters.register.accept(count);
	}

	/**
	 * What makes them.
	 *
	 * @param register makes a bulkhead and a rate limit of a number
	 * @param meters those of all of them
	 */
	private record Limiters(IntConsumer register, MeterBinder meters) {

		static Limiters of(String contender) {
			return switch (contender) {
				case "PENSTOCK" -> penstock();
				case "RESILIENCE4J" -> resilience4j();
				default -> throw new IllegalArgumentException(contender);
			};
		}

		private static Limiters penstock() {
			LimiterRegistry registry = new LimiterRegistry();
			return new Limiters((number) -> {
				registry.register("service-" + number, ConcurrencyLimiterSpec.of(10));
				registry.register("service-" + number, RateLimiterSpec.of(100));
			}, new LimiterMetrics(registry));
		}

		private static Limiters resilience4j() {
			BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();
			RateLimiterRegistry rateLimiters = RateLimiterRegistry.ofDefaults();
			return new Limiters((number) -> {
				bulkheads.bulkhead("service-" + number);
				rateLimiters.rateLimiter("service-" + number);
			}, (meters) -> {
				TaggedBulkheadMetrics.ofBulkheadRegistry(bulkheads).bindTo(meters);
				TaggedRateLimiterMetrics.ofRateLimiterRegistry(rateLimiters).bindTo(meters);
			});
		}

	}

}
