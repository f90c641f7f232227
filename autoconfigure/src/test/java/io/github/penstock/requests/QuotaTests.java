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

package io.github.penstock.requests;

import java.time.Duration;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.test.MovableTime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class QuotaTests {

	private final MovableTime time = new MovableTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private int number;

	private String policy(RateLimiterSpec spec) {
		return Quota.policy(this.registry.register("r" + this.number++, spec).spec());
	}

	@Test
	void policyIsTheBucketAndTheTimeInWhichItComesBack() {
		assertThat(policy(RateLimiterSpec.of(5, Duration.ofMinutes(1)))).isEqualTo("q=5;w=60");
		assertThat(policy(RateLimiterSpec.of(10).withBurst(20L))).isEqualTo("q=20;w=2");
		assertThat(policy(RateLimiterSpec.of(100).withBurst(20L))).isEqualTo("q=100;w=1");
		assertThat(policy(RateLimiterSpec.of(0.5))).isEqualTo("q=1;w=2");
		assertThat(policy(RateLimiterSpec.of(3, Duration.ofSeconds(10)).withBurst(1L))).isEqualTo("q=1;w=4");
		assertThat(policy(RateLimiterSpec.of(5, Duration.ofHours(1)).withSliding(true))).isEqualTo("q=5;w=3600");
	}

	@Test
	void stateIsWhatIsLeftAndWhenThereIsMore() {
		RateLimiter limiter = this.registry.register("r", RateLimiterSpec.of(1, Duration.ofSeconds(10)).withBurst(2L));
		assertThat(Quota.of(limiter, "q=2;w=20").stateEntry("")).isEqualTo("\"r\";r=2");
		limiter.tryAcquire();
		assertThat(Quota.of(limiter, "q=2;w=20").stateEntry("")).isEqualTo("\"r\";r=1;t=10");
		this.time.advance(Duration.ofMillis(2500));
		assertThat(Quota.of(limiter, "q=2;w=20").stateEntry("")).isEqualTo("\"r\";r=1;t=8");
		limiter.charge(5);
		assertThat(Quota.of(limiter, "q=2;w=20").remaining()).isZero();
		assertThat(Quota.of(limiter, "q=2;w=20").refused(Duration.ofMillis(1)).stateEntry(";pk=:eA==:"))
			.isEqualTo("\"r\";r=0;t=1;pk=:eA==:");
	}

	@Test
	void permitsHaveAUnitAndNoTime() {
		Quota quota = Quota.of(this.registry.register("b", ConcurrencyLimiterSpec.of(3)));
		assertThat(quota.policyEntry("")).isEqualTo("\"b\";q=3;qu=\"concurrent-requests\"");
		assertThat(quota.stateEntry("")).isEqualTo("\"b\";r=3");
		assertThat(quota.isRate()).isFalse();
	}

}
