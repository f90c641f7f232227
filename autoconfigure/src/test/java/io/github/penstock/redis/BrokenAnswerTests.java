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

package io.github.penstock.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.Limiter;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.Sharing;
import io.github.penstock.TimeSource;
import io.github.penstock.redis.FaultyProxy.Break;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for answers of which a part comes, or nothing, after Redis did what it was asked.
 * No call hangs, nothing is given twice, and nothing stays away for good.
 */
@Timeout(120)
class BrokenAnswerTests {

	/** Of a question for tokens that one call asks, or for permits. */
	private static final Pattern ANSWER = Pattern.compile("\\*4\r\n(:-?\\d+\r\n){4}");

	/** Nothing, within the head, within a number, all but the end. */
	private static final int[] SOME = { 0, 3, 5, 19 };

	private static final Sharing SHARING = Sharing.DEFAULT.withOnOutage(Sharing.OnOutage.CLOSED);

	private static final int TOKENS_A_DAY = 1_000;

	private final Stores stores = new Stores();

	private final FaultyProxy proxy = new FaultyProxy(RedisServer.shared().port());

	private LimiterRegistry one;

	private LimiterRegistry other;

	@BeforeEach
	void connect() {
		this.one = instance(this.stores.createUp(this.proxy.port(), Duration.ofMillis(200), Duration.ofSeconds(2)));
		this.other = instance(this.stores.createUp(RedisServer.shared().port(), Stores.AMPLE, Duration.ofSeconds(30)));
	}

	private static LimiterRegistry instance(RedisLimiterStore store) {
		return new LimiterRegistry(LimiterFactory.sharing(TimeSource.system(), () -> store));
	}

	@AfterEach
	void close() {
		this.stores.close();
		this.proxy.close();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	private void awaitUp(Limiter limiter) {
		await().until(() -> !limiter.sharedStatus().degraded());
	}

	@ParameterizedTest // D1, D5
	@EnumSource
	void tokensOfABrokenAnswerAreTakenOnceAtMost(Break how) {
		breakTokens(how, (how != Break.SILENCE) ? SOME : new int[] { 5 });
	}

	@ParameterizedTest // D1, D5
	@EnumSource
	@Tag("soak")
	void tokensOfAnAnswerThatIsBrokenAnywhereAreTakenOnceAtMost(Break how) {
		breakTokens(how, steps(45, how));
	}

	private void breakTokens(Break how, int... steps) {
		RateLimiterSpec spec = RateLimiterSpec.of(TOKENS_A_DAY, Duration.ofDays(1)).withSharing(SHARING);
		RateLimiter limiter = this.one.register("api", spec);
		RateLimiter elsewhere = this.other.register("api", spec);
		int calls = 0;
		int granted = 0;
		for (int bytes : steps) {
			this.proxy.breakAnswer(ANSWER, bytes, how);
			while (this.proxy.isToBreak()) {
				awaitUp(limiter);
				calls++;
				granted += limiter.tryAcquire() ? 1 : 0;
			}
			awaitUp(limiter);
		}
		// Nobody who was not answered was let in, unless he was pushed out by an outage
		// before.
		assertThat(granted).isLessThanOrEqualTo(calls - steps.length);
		int left = 0;
		while (elsewhere.tryAcquire()) {
			left++;
		}
		assertThat(left).isBetween(TOKENS_A_DAY - calls, TOKENS_A_DAY - granted);
	}

	@ParameterizedTest // D1, D3, D5
	@EnumSource
	void permitOfABrokenAnswerIsOne(Break how) {
		breakPermits(how, (how != Break.SILENCE) ? SOME : new int[] { 5 });
	}

	@ParameterizedTest // D1, D3, D5
	@EnumSource
	@Tag("soak")
	void permitOfAnAnswerThatIsBrokenAnywhereIsOne(Break how) {
		breakPermits(how, steps(20, how));
	}

	private void breakPermits(Break how, int... steps) {
		ConcurrencyLimiterSpec spec = ConcurrencyLimiterSpec.of(3).withTimeout(Duration.ZERO).withSharing(SHARING);
		ConcurrencyLimiter limiter = this.one.register("export", spec);
		ConcurrencyLimiter elsewhere = this.other.register("export", spec);
		for (int bytes : steps) {
			List<Permit> held = new ArrayList<>();
			hold(limiter, held);
			this.proxy.breakAnswer(ANSWER, bytes, how);
			while (this.proxy.isToBreak()) {
				hold(limiter, held);
				held.remove(held.size() - 1).close();
			}
			awaitUp(limiter);
			hold(limiter, held);
			assertThat(held).hasSize(2).allMatch(Permit::isValid);
			// Of three there is one left, and not two, however often two were asked for.
			List<Permit> left = new ArrayList<>();
			hold(elsewhere, left);
			assertThat(elsewhere.tryAcquire()).isNull();
			left.forEach(Permit::close);
			held.forEach(Permit::close);
			await().until(() -> elsewhere.inUse() == 0 && limiter.inUse() == 0);
		}
		List<Permit> all = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			hold(elsewhere, all);
		}
		assertThat(elsewhere.tryAcquire()).isNull();
		all.forEach(Permit::close);
	}

	private static void hold(ConcurrencyLimiter limiter, List<Permit> held) {
		await().until(() -> {
			Permit permit = limiter.tryAcquire();
			return permit != null && held.add(permit);
		});
	}

	/** Silence is noticed late, so that not each byte can have its turn. */
	private static int[] steps(int bytes, Break how) {
		return IntStream.iterate(0, (at) -> at < bytes, (at) -> at + ((how != Break.SILENCE) ? 1 : 4)).toArray();
	}

}
