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

import java.time.Duration;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.test.MovableTime;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LeakWatch}.
 */
@ExtendWith(OutputCaptureExtension.class)
class LeakWatchTests {

	private final MovableTime time = new MovableTime();

	private final LimiterRegistry registry = new LimiterRegistry(
			LimiterFactory.tracking(LimiterFactory.local(this.time), this.time));

	private final ConcurrencyLimiter limiter = this.registry.register("inventory", ConcurrencyLimiterSpec.of(3));

	private final LeakWatch watch = new LeakWatch(this.registry, Duration.ofMinutes(4), this.time);

	@Test
	void permitThatIsHeldTooLongIsReportedOnceWithWhoTookIt(CapturedOutput output) throws Exception {
		this.watch.afterSingletonsInstantiated();
		Permit permit = this.limiter.acquire();
		Awaitility.await().untilAsserted(() -> {
			this.time.advance(Duration.ofSeconds(70));
			assertThat(output).contains("Bulkhead 'inventory': a permit has been held for");
		});
		assertThat(output).contains("taken by " + LeakWatchTests.class.getName() + ".permitThat")
			.contains("on thread '" + Thread.currentThread().getName() + "'", "limit=3, inUse=1, waiting=0");
		assertThat(this.limiter.inUse()).isEqualTo(1);
		Permit second = this.limiter.acquire();
		Awaitility.await().untilAsserted(() -> {
			this.time.advance(Duration.ofSeconds(70));
			assertThat(count(output)).isEqualTo(2);
		});
		permit.close();
		second.close();
		assertThat(this.limiter.available()).isEqualTo(3);
		this.watch.destroy();
	}

	@Test
	void nameOfThreadWithLineBreakForgesNoLine(CapturedOutput output) throws Exception {
		this.watch.afterSingletonsInstantiated();
		Thread thread = new Thread(() -> {
			Permit permit = this.limiter.tryAcquire();
			assertThat(permit).isNotNull();
		}, "a\r\n2026-01-01 WARN forged\u2028b\u001b[2J\u202e\u0085c");
		thread.start();
		thread.join();
		Awaitility.await().untilAsserted(() -> {
			this.time.advance(Duration.ofSeconds(70));
			assertThat(output).contains("a permit has been held for");
		});
		assertThat(output)
			.contains("on thread 'a\\r\\n2026-01-01 WARN forged\\u2028b\\u001b[2J\\u202e\\u0085c' (limit=3");
		assertThat(this.limiter.holders(1)).singleElement()
			.satisfies((holder) -> assertThat(holder.thread()).startsWith("a\\r\\n2026"));
		this.watch.destroy();
	}

	private static int count(CapturedOutput output) {
		return output.toString().split("a permit has been held for", -1).length - 1;
	}

}
