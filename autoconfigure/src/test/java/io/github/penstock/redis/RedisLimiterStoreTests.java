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
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.penstock.LimiterStore.PermitReply;
import io.github.penstock.LimiterStore.Returned;
import io.github.penstock.LimiterStore.StoreUnavailableException;
import io.github.penstock.LimiterStore.Supply;
import io.github.penstock.LimiterStore.TokenReply;
import io.github.penstock.LimiterStore.TokenRequest;
import io.github.penstock.LimiterStore.Wanted;
import io.github.penstock.RateLimiterSpec;
import io.lettuce.core.RedisCommandExecutionException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RedisLimiterStore} on a Redis that answers.
 */
@ParameterizedClass
@ValueSource(booleans = { false, true })
class RedisLimiterStoreTests {

	/** So slow that no token comes while a test runs. */
	private static final RateLimiterSpec SLOW = RateLimiterSpec.of(3, Duration.ofDays(3));

	private static final Supply API = new Supply("api", null);

	private static final Supply EXPORT = new Supply("export", null);

	@Parameter
	boolean old;

	private final Stores stores = new Stores();

	@AfterEach
	void close() {
		this.stores.close();
	}

	private RedisServer server() {
		return this.old ? RedisServer.sharedOld() : RedisServer.shared();
	}

	private RedisLimiterStore store() {
		return this.stores.create(server().port());
	}

	@Test
	void tokensAreSharedByInstances() {
		RedisLimiterStore one = store();
		RedisLimiterStore other = store();
		assertThat(Stores.tokens(one, Stores.take(API, SLOW, 2, 0)).waits()).containsExactly(0L, 0L);
		List<Long> waits = Stores.tokens(other, Stores.take(API, SLOW, 2, 0)).waits();
		assertThat(waits.get(0)).isZero();
		assertThat(Duration.ofNanos(-waits.get(1))).isBetween(Duration.ofHours(23), Duration.ofDays(1));
	}

	@Test
	void keysHaveTokensOfTheirOwn() {
		RedisLimiterStore store = store();
		for (Object key : List.of("a", "b", 1, 1L, UUID.randomUUID())) {
			assertThat(Stores.tokens(store, Stores.take(new Supply("api", key), SLOW, 3, 0)).waits()).containsOnly(0L);
		}
	}

	@Test
	void tokensThatAreNotUsedGoBack() {
		RedisLimiterStore store = store();
		TokenReply reply = Stores.tokens(store, Stores.take(API, SLOW, 3, 0));
		Stores.tokens(store, new TokenRequest(API, SLOW, 0,
				List.of(new Returned(2, reply.fullInNanos(), reply.serial())), reply.answeredAt(), List.of()));
		assertThat(Stores.tokens(store, Stores.take(API, SLOW, 3, 0)).waits()).filteredOn((wait) -> wait == 0)
			.hasSize(2);
	}

	@Test
	void moreThanTheBurstIsNeverLent() {
		assertThat(Stores
			.tokens(store(),
					new TokenRequest(API, SLOW, 0, List.of(), 0,
							List.of(new Wanted(4, Long.MAX_VALUE), new Wanted(1, 0))))
			.waits()).containsExactly(Long.MIN_VALUE, 0L);
	}

	@Test
	void longQuestionIsAnsweredInFull() {
		RateLimiterSpec rate = RateLimiterSpec.of(2_500, Duration.ofDays(300));
		List<Long> waits = Stores.tokens(store(), Stores.take(API, rate, 3_000, 0)).waits();
		assertThat(waits).hasSize(3_000);
		assertThat(waits.subList(0, 2_500)).containsOnly(0L);
		assertThat(waits.subList(2_500, 3_000)).allMatch((wait) -> wait < 0);
	}

	@Test
	void textOfAnyAlphabetReachesScripts() {
		RedisLimiterStore store = store();
		LuaScript script = LuaScript.of("return { KEYS[1], ARGV[1], 'größer' }");
		// The first time Redis does not know it.
		for (int times = 0; times < 2; times++) {
			assertThat(store.ask("schlüssel", script, Function.identity(), "10 €").toCompletableFuture())
				.succeedsWithin(Duration.ofSeconds(10))
				.asInstanceOf(InstanceOfAssertFactories.LIST)
				.containsExactly("schlüssel", "10 €", "größer");
		}
	}

	@Test
	void burstThatCannotBeCountedIsAnErrorAndNoOutage() {
		RedisLimiterStore store = store();
		RateLimiterSpec rate = RateLimiterSpec.of(1_000_000_000).withBurst(1L << 55);
		assertThatIllegalArgumentException().isThrownBy(() -> Stores.tokens(store, Stores.take(API, rate, 1, 0)))
			.withMessageContaining("too large");
		assertThat(store.state().up()).isTrue();
	}

	@Test
	void keyOfAnotherTypeIsAnErrorAndNoOutage() {
		RedisLimiterStore store = store();
		try (ScriptClient redis = new ScriptClient(server())) {
			redis.commands().lpush(new SupplyNames(this.stores.namespace()).tokens(API), "of somebody else");
		}
		assertThatExceptionOfType(RedisCommandExecutionException.class)
			.isThrownBy(() -> Stores.tokens(store, Stores.take(API, SLOW, 1, 0)))
			.withMessageContaining("WRONGTYPE");
		assertThat(store.state().up()).isTrue();
	}

	@Test
	void scriptThatRedisForgotIsSentAgain() {
		RedisLimiterStore store = store();
		Stores.tokens(store, Stores.take(API, SLOW, 1, 0));
		try (ScriptClient redis = new ScriptClient(server())) {
			redis.commands().scriptFlush();
		}
		assertThat(Stores.tokens(store, Stores.take(API, SLOW, 1, 0)).waits()).containsExactly(0L);
		assertThat(Stores.permits(store, EXPORT, 3, 0, 1).lent()).isOne();
		assertThat(store.state().up()).isTrue();
	}

	@Test
	void permitsAreSharedByInstances() {
		RedisLimiterStore one = store();
		RedisLimiterStore other = store();
		assertThat(Stores.permits(one, EXPORT, 3, 0, 2).lent()).isEqualTo(2);
		assertThat(Stores.permits(other, EXPORT, 3, 0, 2)).extracting(PermitReply::lent, PermitReply::inUse)
			.containsExactly(1, 3);
	}

	@Test
	void instanceThatWaitsIsWokenByTheOneThatGivesBack() throws Exception {
		RedisLimiterStore one = store();
		RedisLimiterStore other = store();
		Stores.permits(one, EXPORT, 1, 0, 1);
		CountDownLatch listening = new CountDownLatch(1);
		AtomicInteger wakes = new AtomicInteger();
		other.watch(EXPORT, () -> {
			listening.countDown();
			wakes.incrementAndGet();
		});
		// The first wake is for what may have been missed before.
		assertThat(listening.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(Stores.permits(other, new Supply("another", null), 1, 0, 1).lent()).isOne();
		try (ScriptClient redis = new ScriptClient(server())) {
			String channel = new SupplyNames(this.stores.namespace()).wakeUps();
			CountDownLatch published = new CountDownLatch(1);
			redis.subscribe(channel, (message) -> published.countDown());
			assertThat(Stores.permits(other, EXPORT, 1, 0, 1).lent()).isZero();
			Stores.permits(one, EXPORT, 1, 0, 0);
			assertThat(published.await(10, TimeUnit.SECONDS)).isTrue();
		}
		int before = wakes.get();
		Awaitility.await().until(() -> wakes.get() > before || Stores.permits(other, EXPORT, 1, 0, 1).lent() == 1);
	}

	@Test
	void instanceThatWaitsIsWokenWhenMessagesAreLost() {
		RedisLimiterStore store = store();
		RedisLimiterStore other = store();
		Stores.permits(store, EXPORT, 1, 0, 1);
		AtomicInteger wakes = new AtomicInteger();
		other.watch(EXPORT, wakes::incrementAndGet);
		Stores.permits(other, EXPORT, 1, 0, 1);
		Awaitility.await().until(() -> wakes.get() >= 4);
	}

	@Test
	void watchThatEndedIsNotWoken() {
		RedisLimiterStore store = this.stores.create(server().port(), Duration.ofMillis(100), Duration.ofSeconds(1));
		AtomicInteger ended = new AtomicInteger();
		AtomicInteger wakes = new AtomicInteger();
		store.watch(EXPORT, ended::incrementAndGet).run();
		int before = ended.get();
		store.watch(EXPORT, wakes::incrementAndGet);
		Awaitility.await().until(() -> wakes.get() >= 2);
		assertThat(ended.get()).isLessThanOrEqualTo(before + 1);
	}

	@Test
	void watchIsWokenSeveralTimesInALease() {
		RedisLimiterStore store = this.stores.create(server().port(), Duration.ofMillis(100), Duration.ofSeconds(1));
		AtomicInteger wakes = new AtomicInteger();
		store.watch(EXPORT, wakes::incrementAndGet);
		Awaitility.await().until(() -> wakes.get() >= 3);
	}

	@Test
	void instancesAreCounted() {
		RedisLimiterStore one = store();
		assertThat(one.instances()).isOne();
		one.start();
		RedisLimiterStore other = store();
		other.start();
		Awaitility.await().until(() -> one.instances() == 2 && other.instances() == 2);
		other.close();
		Awaitility.await().until(() -> one.instances() == 1);
	}

	@Test
	void storeThatIsNotUsedDoesNotConnect() {
		RedisLimiterStore store = store();
		assertThat(store.instances()).isOne();
		assertThat(store.state().questions()).isZero();
		store.close();
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> Stores.tokens(store, Stores.take(API, SLOW, 1, 0)));
	}

	@Test
	void actionIsRunThoughRedisAnsweredAllTheTime() {
		RedisLimiterStore store = store();
		AtomicInteger runs = new AtomicInteger();
		store.whenAvailable(runs::incrementAndGet);
		assertThat(runs).hasValue(0);
		Awaitility.await().until(() -> runs.get() == 1);
	}

	@Test
	void severalThreadsAskForWhatThereIsAndNoMore() {
		List<RedisLimiterStore> instances = Stream.generate(this::store).limit(3).toList();
		RateLimiterSpec rate = RateLimiterSpec.of(100, Duration.ofDays(100));
		long lent = IntStream.range(0, 300)
			.parallel()
			.mapToObj((call) -> Stores.tokens(instances.get(call % 3), Stores.take(API, rate, 1, 0)).waits().get(0))
			.filter((wait) -> wait == 0)
			.count();
		assertThat(lent).isEqualTo(100);
	}

}
