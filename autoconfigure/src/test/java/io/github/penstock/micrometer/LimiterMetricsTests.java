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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.test.MovableTime;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link LimiterMetrics}.
 */
class LimiterMetricsTests {

	private final MovableTime time = new MovableTime();

	private final LimiterRegistry limiters = new LimiterRegistry(
			LimiterFactory.tracking(LimiterFactory.local(this.time), this.time));

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	@Test
	void bulkheadHasMeters() throws Exception {
		ConcurrencyLimiter bulkhead = this.limiters.register("inventory", ConcurrencyLimiterSpec.of(1));
		new LimiterMetrics(this.limiters).bindTo(this.meters);
		Permit permit = bulkhead.acquire();
		bulkhead.tryAcquire();
		CompletableFuture<Permit> waiting = bulkhead.acquireAsync(Duration.ofSeconds(10), Runnable::run);
		this.time.advance(Duration.ofSeconds(2));
		assertThat(gauge("penstock.bulkhead.limit")).isEqualTo(1);
		assertThat(gauge("penstock.bulkhead.in.use")).isEqualTo(1);
		assertThat(gauge("penstock.bulkhead.waiting")).isEqualTo(1);
		assertThat(this.meters.get("penstock.bulkhead.oldest").timeGauge().value(TimeUnit.SECONDS)).isEqualTo(2);
		assertThat(this.meters.get("penstock.bulkhead.wait").timer().count()).isZero();
		permit.close();
		waiting.get().close();
		assertThat(calls("penstock.bulkhead.calls", "granted")).isEqualTo(2);
		assertThat(calls("penstock.bulkhead.calls", "full")).isEqualTo(1);
		assertThat(this.meters.get("penstock.bulkhead.wait").timer().count()).isEqualTo(1);
		assertThat(this.meters.get("penstock.bulkhead.wait").timer().totalTime(TimeUnit.SECONDS)).isEqualTo(2);
		assertThat(this.meters.get("penstock.bulkhead.hold").functionTimer().totalTime(TimeUnit.SECONDS)).isCloseTo(2,
				within(0.001));
		assertThat(gauge("penstock.bulkhead.in.use")).isZero();
		assertThat(this.meters.get("penstock.bulkhead.oldest").timeGauge().value(TimeUnit.SECONDS)).isZero();
	}

	@Test
	void rateLimitHasMeters() {
		RateLimiter rateLimit = this.limiters.register("api", RateLimiterSpec.of(2, Duration.ofSeconds(1)));
		new LimiterMetrics(this.limiters).bindTo(this.meters);
		assertThat(rateLimit.tryAcquire()).isTrue();
		assertThat(gauge("penstock.ratelimit.rate")).isEqualTo(2);
		assertThat(gauge("penstock.ratelimit.burst")).isEqualTo(2);
		assertThat(gauge("penstock.ratelimit.available")).isEqualTo(1);
		assertThat(rateLimit.tryAcquire()).isTrue();
		assertThat(rateLimit.tryAcquire()).isFalse();
		assertThat(calls("penstock.ratelimit.calls", "granted")).isEqualTo(2);
		assertThat(calls("penstock.ratelimit.calls", "full")).isEqualTo(1);
	}

	/** Ten thousand limiters have 350 000 meters. */
	@Test
	void metersOfAllLimitersShareTheirTexts() {
		for (String name : List.of("one", "two")) {
			this.limiters.register(name, ConcurrencyLimiterSpec.of(1));
			this.limiters.register(name, RateLimiterSpec.of(1));
		}
		new LimiterMetrics(this.limiters).bindTo(this.meters);
		List<Meter.Id> ids = this.meters.getMeters().stream().map(Meter::getId).toList();
		assertThat(ids).hasSizeGreaterThan(60);
		for (Meter.Id id : ids) {
			for (Meter.Id other : ids) {
				if (id.getName().equals(other.getName())) {
					assertThat(id.getName()).isSameAs(other.getName());
				}
				String outcome = id.getTag("outcome");
				if (outcome != null && id.getName().equals(other.getName())
						&& outcome.equals(other.getTag("outcome"))) {
					assertThat(outcome).isSameAs(other.getTag("outcome"));
				}
			}
		}
	}

	@Test
	void callsThatWouldHaveBeenRefusedAreAnOutcomeOfTheirOwn() {
		RateLimiter rateLimit = this.limiters.register("api", RateLimiterSpec.of(1).withEnforce(0));
		ConcurrencyLimiter bulkhead = this.limiters.register("inventory", ConcurrencyLimiterSpec.of(0).withEnforce(0));
		new LimiterMetrics(this.limiters).bindTo(this.meters);
		for (int i = 0; i < 3; i++) {
			assertThat(rateLimit.tryAcquire()).isTrue();
		}
		Permit permit = bulkhead.tryAcquire();
		assertThat(permit).isNotNull();
		permit.close();
		assertThat(calls("penstock.ratelimit.calls", "granted")).isEqualTo(1);
		assertThat(calls("penstock.ratelimit.calls", "would-refuse")).isEqualTo(2);
		assertThat(calls("penstock.ratelimit.calls", "full")).isZero();
		assertThat(calls("penstock.bulkhead.calls", "would-refuse")).isEqualTo(1);
	}

	@Test
	void tokensAreCountedByWhatCallsCostAndNeverBackwards() {
		RateLimiter rateLimit = this.limiters.register("api", RateLimiterSpec.of(10));
		new LimiterMetrics(this.limiters).bindTo(this.meters);
		assertThat(rateLimit.tryAcquire(7)).isTrue();
		assertThat(tokens()).isEqualTo(7);
		rateLimit.refund(4);
		assertThat(tokens()).isEqualTo(7);
		rateLimit.charge(12);
		assertThat(tokens()).isEqualTo(15);
		assertThat(gauge("penstock.ratelimit.debt")).isEqualTo(5);
		assertThat(calls("penstock.ratelimit.calls", "granted")).isEqualTo(1);
	}

	@Test
	void keysAreCountedAndNotNamed() {
		RateLimiter rateLimit = this.limiters.register("api", RateLimiterSpec.of(1).withMaxKeys(2));
		ConcurrencyLimiter bulkhead = this.limiters.register("inventory", ConcurrencyLimiterSpec.of(1));
		new LimiterMetrics(this.limiters).bindTo(this.meters);
		for (String key : List.of("a", "b", "c", "c", "c")) {
			rateLimit.forKey(key).tryAcquire();
		}
		assertThat(gauge("penstock.ratelimit.keys")).isEqualTo(2);
		assertThat(this.meters.get("penstock.ratelimit.keys.overflowed").functionCounter().count()).isEqualTo(3);
		try (Permit permit = bulkhead.forKey("a").tryAcquire()) {
			assertThat(gauge("penstock.bulkhead.keys")).isEqualTo(1);
		}
	}

	@Test
	void limiterThatIsMadeLaterIsBoundToo() {
		new LimiterMetrics(this.limiters).bindTo(this.meters);
		this.limiters.register("later", ConcurrencyLimiterSpec.of(3));
		assertThat(gauge("penstock.bulkhead.limit")).isEqualTo(3);
	}

	@Test
	void changeIsSeen() {
		new LimiterMetrics(this.limiters).bindTo(this.meters);
		this.limiters.register("later", ConcurrencyLimiterSpec.of(3)).change((spec) -> spec.withMax(4));
		assertThat(gauge("penstock.bulkhead.limit")).isEqualTo(4);
	}

	@Test
	void numberOfMetersPerLimiterIsFixed() {
		new LimiterMetrics(this.limiters).bindTo(this.meters);
		ConcurrencyLimiter bulkhead = this.limiters.register("inventory", ConcurrencyLimiterSpec.of(1));
		RateLimiter rateLimit = this.limiters.register("api", RateLimiterSpec.of(1));
		int meters = this.meters.getMeters().size();
		assertThat(meters).isLessThanOrEqualTo(36);
		for (int i = 0; i < 100; i++) {
			bulkhead.tryAcquire();
			rateLimit.tryAcquire();
			bulkhead.forKey("caller-" + i).tryAcquire();
			rateLimit.forKey("caller-" + i).tryAcquire();
		}
		assertThat(this.meters.getMeters()).hasSize(meters);
		assertThat(this.meters.getMeters()).extracting((meter) -> meter.getId().getTag("name"))
			.containsOnly("inventory", "api");
		assertThat(this.meters.getMeters()).flatExtracting((meter) -> meter.getId().getTags())
			.extracting(Tag::getValue)
			.noneMatch((value) -> value.contains("caller"));
	}

	@Test
	void documentationHasAllMetersAndTags() throws IOException {
		new LimiterMetrics(this.limiters).bindTo(this.meters);
		this.limiters.register("inventory", ConcurrencyLimiterSpec.of(1));
		this.limiters.register("api", RateLimiterSpec.of(1));
		new PauseMetrics(() -> Map.of("supplier", () -> Duration.ZERO)).bindTo(this.meters);
		String page = Files.readString(Path.of("../docs/metrics.md"));
		for (Meter meter : this.meters.getMeters()) {
			assertThat(page).contains("`" + meter.getId().getName() + "`");
			assertThat(meter.getId().getDescription()).isNotBlank();
			List<Tag> tags = meter.getId().getTags();
			assertThat(tags).extracting(Tag::getKey).isSubsetOf("name", "outcome");
			tags.stream()
				.filter((tag) -> tag.getKey().equals("outcome"))
				.forEach((tag) -> assertThat(page).contains("`" + tag.getValue() + "`"));
		}
	}

	private double tokens() {
		return this.meters.get("penstock.ratelimit.tokens").functionCounter().count();
	}

	private double gauge(String name) {
		return this.meters.get(name).gauge().value();
	}

	private double calls(String name, String outcome) {
		return this.meters.get(name).tag("outcome", outcome).functionCounter().count();
	}

}
