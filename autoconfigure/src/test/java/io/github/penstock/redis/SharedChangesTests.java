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

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterListener;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Sharing;
import io.github.penstock.TimeSource;
import io.lettuce.core.ScriptOutputType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SharedChanges}: changes that end, changes at the same time, and what
 * Redis forgets.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class SharedChangesTests {

	private static final String FIELD = "bulkhead:export";

	/** What Redis says to the first change. */
	private static final Pattern TAKEN = Pattern.compile(".*\\*3\r\n:1\r\n:1\r\n\\$0.*", Pattern.DOTALL);

	private final Stores stores = new Stores();

	private final List<Instance> instances = new ArrayList<>();

	private Instance instance(RedisServer server) {
		return instance(server.port());
	}

	private Instance instance(int port) {
		RedisLimiterStore store = this.stores.createUp(port, Stores.AMPLE, Duration.ofSeconds(30));
		LimiterRegistry registry = new LimiterRegistry(LimiterFactory.sharing(TimeSource.system(), () -> store));
		ConcurrencyLimiter bulkhead = registry.register("export",
				ConcurrencyLimiterSpec.of(2).withSharing(Sharing.DEFAULT));
		SharedChanges changes = new SharedChanges(store, registry);
		changes.afterSingletonsInstantiated();
		Instance instance = new Instance(store, changes, bulkhead);
		this.instances.add(instance);
		return instance;
	}

	@AfterEach
	void close() {
		this.instances.forEach((instance) -> instance.changes.destroy());
		this.stores.close();
	}

	private String key() {
		return new SupplyNames(this.stores.namespace()).changes();
	}

	@Test
	void aChangeForATimeEndsThoughTheInstanceThatMadeItIsGone() {
		Instance one = instance(RedisServer.shared());
		Instance other = instance(RedisServer.shared());
		Instance third = instance(RedisServer.shared());
		one.changeMax(5, Duration.ofHours(1));
		Awaitility.await().until(() -> other.bulkhead.max() == 5 && third.bulkhead.max() == 5);
		assertThat(other.changes.endsIn(other.bulkhead, "max")).isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
		assertThat(other.changes.endsIn(other.bulkhead, "timeout")).isNull();
		one.changes.destroy();
		one.store.close();
		try (ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			letTimePass(redis, key(), FIELD);
			Awaitility.await().until(() -> other.bulkhead.max() == 2 && third.bulkhead.max() == 2);
			assertThat(other.changes.endsIn(other.bulkhead, "max")).isNull();
			// Undone once, though two were there to do it.
			assertThat(redis.commands().hget(key(), FIELD)).startsWith("2 ");
		}
	}

	/** As if Redis had the time at which all has ended. */
	static void letTimePass(ScriptClient redis, String key, String field) {
		String script = "return redis.call('HSET', KEYS[1], ARGV[1],"
				+ " (string.gsub(redis.call('HGET', KEYS[1], ARGV[1]), '\\n%d+ ', '\\n1 ')))";
		redis.commands().<Long>eval(script, ScriptOutputType.INTEGER, new String[] { key }, field);
	}

	@Tag("soak")
	@Test
	void changesForATimeOfSeveralInstancesEndEachByItself() {
		Instance one = instance(RedisServer.shared());
		Instance other = instance(RedisServer.shared());
		one.changeMax(5, Duration.ofHours(1));
		Awaitility.await().until(() -> other.bulkhead.max() == 5);
		other.change("timeout", (spec) -> spec.withTimeout(Duration.ofSeconds(7)), Duration.ofHours(3));
		Awaitility.await().until(() -> one.bulkhead.spec().timeout().equals(Duration.ofSeconds(7)));
		assertThat(one.changes.endsIn(one.bulkhead, "max")).isLessThan(Duration.ofHours(2));
		assertThat(one.changes.endsIn(one.bulkhead, "timeout")).isGreaterThan(Duration.ofHours(2));
		// For good, also of the same value.
		other.changeMax(5, null);
		Awaitility.await().until(() -> one.changes.endsIn(one.bulkhead, "max") == null);
		assertThat(one.changes.endsIn(one.bulkhead, "timeout")).isGreaterThan(Duration.ofHours(2));
		try (ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			letTimePass(redis, key(), FIELD);
		}
		Awaitility.await().until(() -> one.bulkhead.spec().timeout().equals(one.bulkhead.configured().timeout()));
		assertThat(one.bulkhead.max()).isEqualTo(5);
	}

	@Tag("soak")
	@Test
	void whatRedisHasLostIsPutDownAnew() {
		try (RedisServer server = RedisServer.start()) {
			Instance one = instance(server);
			Instance other = instance(server);
			one.changeMax(5, Duration.ofHours(1));
			Awaitility.await().until(() -> other.bulkhead.max() == 5);
			server.kill();
			server.restart();
			Awaitility.await().untilAsserted(() -> {
				Instance late = instance(server);
				Awaitility.await().until(() -> late.bulkhead.max() == 5);
				assertThat(late.changes.endsIn(late.bulkhead, "max")).isBetween(Duration.ofMinutes(50),
						Duration.ofHours(1));
			});
			other.changeMax(7, null);
			Awaitility.await().until(() -> one.bulkhead.max() == 7 && other.bulkhead.max() == 7);
		}
	}

	@Test
	void aChangeForATimeEndsWhileRedisIsGone() {
		try (RedisServer server = RedisServer.start()) {
			Instance one = instance(server);
			server.kill();
			one.changeMax(5, Duration.ofMillis(1));
			Awaitility.await().until(() -> one.bulkhead.max() == 2);
			server.restart();
			Awaitility.await().until(one.store::isUp);
			one.changes.refresh();
			assertThat(one.bulkhead.max()).isEqualTo(2);
		}
	}

	@Test
	void anEndThatComesInAnOutageLeavesWhatWasDoneMeanwhile() {
		try (FaultyProxy proxy = new FaultyProxy(RedisServer.shared().port());
				ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			Instance one = instance(proxy.port());
			Instance other = instance(RedisServer.shared());
			one.changeMax(5, Duration.ofHours(1));
			Awaitility.await().until(() -> other.bulkhead.max() == 5);
			cutOff(one, proxy);
			one.change("timeout", (spec) -> spec.withTimeout(Duration.ofSeconds(7)), null);
			letTimePass(redis, key(), FIELD);
			Awaitility.await().until(() -> other.bulkhead.max() == 2);
			assertThat(one.bulkhead.max()).isEqualTo(5);
			proxy.refuse(false);
			Awaitility.await().until(() -> other.bulkhead.spec().timeout().equals(Duration.ofSeconds(7)));
			Awaitility.await().until(() -> one.bulkhead.max() == 2);
			assertThat(one.bulkhead.spec().timeout()).isEqualTo(Duration.ofSeconds(7));
			assertThat(other.bulkhead.max()).isEqualTo(2);
			// Told once: neither the end nor the instance that brought it is a rival.
			assertThat(redis.commands().hget(key(), FIELD)).startsWith("3 ").contains("timeout=PT7S");
		}
	}

	@Test
	void anEndThatComesWhileAChangeIsOnItsWayIsNoRival() {
		try (FaultyProxy proxy = new FaultyProxy(RedisServer.shared().port());
				ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			Instance one = instance(proxy.port());
			one.changeMax(5, Duration.ofHours(1));
			letTimePass(redis, key(), FIELD);
			endNow(redis);
			one.bulkhead.change((spec) -> spec.withTimeout(Duration.ofSeconds(7)));
			assertThat(one.changes.settle(one.bulkhead)).isTrue();
			assertThat(redis.commands().hget(key(), FIELD)).startsWith("3 ").contains("max=2", "timeout=PT7S");
			Awaitility.await().until(() -> one.bulkhead.max() == 2);
			assertThat(one.bulkhead.spec().timeout()).isEqualTo(Duration.ofSeconds(7));
		}
	}

	@Test
	void ofChangesInAnOutageThatOfRedisHolds(CapturedOutput output) {
		try (FaultyProxy proxy = new FaultyProxy(RedisServer.shared().port())) {
			Instance one = instance(proxy.port());
			Instance other = instance(RedisServer.shared());
			one.changeMax(5, Duration.ofHours(1));
			Awaitility.await().until(() -> other.bulkhead.max() == 5);
			cutOff(one, proxy);
			one.change("timeout", (spec) -> spec.withTimeout(Duration.ofSeconds(7)), null);
			other.changeMax(9, null);
			proxy.refuse(false);
			Awaitility.await().until(() -> one.bulkhead.max() == 9);
			assertThat(one.bulkhead.spec().timeout()).isEqualTo(one.bulkhead.configured().timeout());
			assertThat(output)
				.contains("export was changed here to [timeout=PT7S] while another instance changed it, and has"
						+ " [timeout=PT30S], which is in force now");
			one.changeMax(4, null);
			Awaitility.await().until(() -> other.bulkhead.max() == 4);
		}
	}

	@Tag("soak")
	@Test
	void aChangeWhoseAnswerWasLostIsNoRivalOfTheNext(CapturedOutput output) {
		try (FaultyProxy proxy = new FaultyProxy(RedisServer.shared().port())) {
			Instance one = instance(proxy.port());
			Instance other = instance(RedisServer.shared());
			proxy.refuse(true);
			proxy.breakAnswer(TAKEN, 0, FaultyProxy.Break.RESET);
			one.changeMax(5, Duration.ofHours(1));
			Awaitility.await().until(() -> !one.store.isUp() && other.bulkhead.max() == 5);
			one.change("timeout", (spec) -> spec.withTimeout(Duration.ofSeconds(7)), null);
			proxy.refuse(false);
			Awaitility.await().until(() -> other.bulkhead.spec().timeout().equals(Duration.ofSeconds(7)));
			assertThat(one.bulkhead.spec()).isEqualTo(other.bulkhead.spec());
			assertThat(output).doesNotContain("was changed here");
		}
	}

	@Tag("soak")
	@Test
	void whatHasBegunAndEndedInAnOutageDoesNotComeBack() {
		try (FaultyProxy proxy = new FaultyProxy(RedisServer.shared().port());
				ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			Instance one = instance(proxy.port());
			Instance other = instance(RedisServer.shared());
			one.change("timeout", (spec) -> spec.withTimeout(Duration.ofSeconds(7)), Duration.ofHours(1));
			Awaitility.await().until(() -> other.bulkhead.spec().timeout().equals(Duration.ofSeconds(7)));
			cutOff(one, proxy);
			one.changeMax(5, Duration.ofMillis(1));
			Awaitility.await().until(() -> one.bulkhead.max() == 2);
			one.change("maxWaiting", (spec) -> spec.withMaxWaiting(17), null);
			letTimePass(redis, key(), FIELD);
			Awaitility.await().until(() -> !other.bulkhead.spec().timeout().equals(Duration.ofSeconds(7)));
			Queue<Integer> seen = new ConcurrentLinkedQueue<>();
			one.bulkhead.listen(maxTo(seen));
			other.bulkhead.listen(maxTo(seen));
			proxy.refuse(false);
			Awaitility.await().until(() -> other.bulkhead.spec().maxWaiting() == 17);
			Awaitility.await().until(() -> one.bulkhead.spec().equals(other.bulkhead.spec()));
			assertThat(seen).containsOnly(2);
		}
	}

	@Tag("soak")
	@Test
	void ofAllThatWasDoneInAnOutageTheLastHolds() {
		try (FaultyProxy proxy = new FaultyProxy(RedisServer.shared().port());
				ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			Instance one = instance(proxy.port());
			Instance other = instance(RedisServer.shared());
			one.change("timeout", (spec) -> spec.withTimeout(Duration.ofSeconds(7)), Duration.ofHours(1));
			Awaitility.await().until(() -> other.bulkhead.spec().timeout().equals(Duration.ofSeconds(7)));
			cutOff(one, proxy);
			one.bulkhead.reset();
			one.changeMax(5, null);
			one.bulkhead.reset();
			letTimePass(redis, key(), FIELD);
			Awaitility.await().until(() -> !other.bulkhead.spec().timeout().equals(Duration.ofSeconds(7)));
			proxy.refuse(false);
			Awaitility.await().until(() -> redis.commands().hget(key(), FIELD).startsWith("3 "));
			assertThat(redis.commands().hget(key(), FIELD)).isEqualTo("3 ");
			assertThat(one.bulkhead.max()).isEqualTo(2);
		}
	}

	private static LimiterListener maxTo(Queue<Integer> seen) {
		return new LimiterListener() {
			@Override
			public void changed(Change change) {
				seen.add(((ConcurrencyLimiterSpec) change.after()).max());
			}
		};
	}

	@Tag("soak")
	@Test
	void whoHasLostNothingIsNotWarned(CapturedOutput output) {
		try (FaultyProxy proxy = new FaultyProxy(RedisServer.shared().port());
				ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			Instance one = instance(proxy.port());
			Instance other = instance(RedisServer.shared());
			cutOff(one, proxy);
			one.changeMax(5, null);
			one.changeMax(2, null);
			other.changeMax(7, Duration.ofHours(1));
			letTimePass(redis, key(), FIELD);
			Awaitility.await().until(() -> other.bulkhead.max() == 2);
			proxy.refuse(false);
			Awaitility.await().until(one.store::isUp);
			one.changes.refresh();
			assertThat(one.bulkhead.max()).isEqualTo(2);
			assertThat(output).doesNotContain("was changed here");
		}
	}

	@Test
	void whatIsAboutToBeInForceIsNotUndoneByAChange() {
		RedisLimiterStore store = this.stores.createUp(RedisServer.shared().port(), Stores.AMPLE,
				Duration.ofSeconds(30));
		ConcurrencyLimiter bulkhead = new LimiterRegistry(LimiterFactory.sharing(TimeSource.system(), () -> store))
			.register("export", ConcurrencyLimiterSpec.of(2).withSharing(Sharing.DEFAULT));
		CompletableFuture<Void> holds = new CompletableFuture<>();
		CompletableFuture<Void> may = new CompletableFuture<>();
		ConcurrencyLimiter slow = (ConcurrencyLimiter) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { ConcurrencyLimiter.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("change") && holds.complete(null)) {
						may.orTimeout(60, TimeUnit.SECONDS).join();
					}
					return method.invoke(bulkhead, arguments);
				});
		ScheduledExecutorService executor = Timers.create("penstock-test-changes");
		SharedLimiter shared = new SharedLimiter(slow, store, executor, () -> null);
		bulkhead.listen(shared);
		try (ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			ConcurrencyLimiterSpec others = bulkhead.configured().withTimeout(Duration.ofSeconds(42));
			put(redis, 4, others);
			executor.execute(() -> shared.goBy(4, ChangedValues.write(ChangedValues.of(others))));
			holds.orTimeout(60, TimeUnit.SECONDS).join();
			bulkhead.change((spec) -> spec.withMax(6));
			may.complete(null);
			assertThat(shared.told().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join()).isTrue();
			assertThat(redis.commands().hget(key(), FIELD)).startsWith("5 ").contains("max=6", "timeout=PT42S");
		}
		finally {
			executor.shutdown();
		}
	}

	@Test
	void manyChangesThatWaitForOneAreToldThoughItFails() {
		try (FaultyProxy proxy = new FaultyProxy(RedisServer.shared().port())) {
			Instance one = instance(proxy.port());
			Instance other = instance(RedisServer.shared());
			proxy.holdAnswers();
			for (int max = 5_000; max > 2; max--) {
				int next = max;
				one.bulkhead.change((spec) -> spec.withMax(next));
			}
			proxy.refuse(true);
			proxy.reset();
			Awaitility.await().until(() -> !one.store.isUp());
			proxy.passAnswers();
			proxy.refuse(false);
			Awaitility.await().until(() -> other.bulkhead.max() == 3);
			assertThat(one.bulkhead.max()).isEqualTo(3);
		}
	}

	@Test
	void whatCannotBeReadIsSaidOnceAndHoldsNobodyUp(CapturedOutput output) {
		try (ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			redis.commands().hset(key(), FIELD, "7 max=5\nlater max=6");
			Instance one = instance(RedisServer.shared());
			Instance other = instance(RedisServer.shared());
			Awaitility.await().until(() -> output.toString().split("What Redis has of export", -1).length == 3);
			one.changes.refresh();
			assertThat(one.bulkhead.max()).isEqualTo(2);
			one.bulkhead.change((spec) -> spec.withMax(3));
			assertThat(one.changes.settle(one.bulkhead)).isFalse();
			redis.commands().hset(key(), FIELD, "8 max=5");
			Awaitility.await().until(() -> one.bulkhead.max() == 5 && other.bulkhead.max() == 5);
			assertThat(output.toString().split("What Redis has of export", -1)).hasSize(3);
		}
	}

	private static void cutOff(Instance instance, FaultyProxy proxy) {
		proxy.refuse(true);
		proxy.reset();
		Awaitility.await().until(() -> !instance.store.isUp());
	}

	/** As an instance does that looks at a time at which something ends. */
	private void endNow(ScriptClient redis) {
		redis.commands()
			.eval(LuaScript.load("changes.lua").text(), ScriptOutputType.MULTI, new String[] { key() },
					SharedChanges.KEPT_MILLIS, key());
	}

	@Test
	void aChangeOfAnotherIsNotUndoneByTheSecondOfTwo(CapturedOutput output) {
		Instance one = instance(RedisServer.shared());
		try (ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			CompletableFuture<?> held = holdAnswers(redis, one);
			put(redis, 4, one.bulkhead.configured().withMax(3).withTimeout(Duration.ofSeconds(42)));
			// Made with the values of before: the first is too late, the second is on
			// top.
			one.bulkhead.change((spec) -> spec.withMaxWaiting(17));
			one.changes.change(one.bulkhead, List.of("max"), Duration.ofHours(1),
					() -> one.bulkhead.change((spec) -> spec.withMax(6)));
			held.complete(null);
			assertThat(one.changes.settle(one.bulkhead)).isTrue();
			assertThat(redis.commands().hget(key(), FIELD)).startsWith("5 ").contains("max=6", "timeout=PT42S");
			assertThat(one.bulkhead.max()).isEqualTo(6);
			assertThat(one.bulkhead.spec().timeout()).isEqualTo(Duration.ofSeconds(42));
			assertThat(one.bulkhead.spec().maxWaiting()).isEqualTo(one.bulkhead.configured().maxWaiting());
			// The second is not lost.
			assertThat(output).contains("was changed here to [maxWaiting=17] while");
			letTimePass(redis, key(), FIELD);
			Awaitility.await().until(() -> one.bulkhead.max() == 3);
			assertThat(one.bulkhead.spec().timeout()).isEqualTo(Duration.ofSeconds(42));
		}
	}

	@Test
	void aChangeThatWasLostDoesNotSpeakForOneThatChangesNothing() {
		Instance one = instance(RedisServer.shared());
		try (ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			CompletableFuture<?> held = holdAnswers(redis, one);
			put(redis, 4, one.bulkhead.configured().withMax(3));
			one.bulkhead.change((spec) -> spec.withMax(6));
			held.complete(null);
			assertThat(one.changes.settle(one.bulkhead)).isFalse();
			assertThat(one.bulkhead.max()).isEqualTo(3);
			one.changes.change(one.bulkhead, List.of("max"), null,
					() -> one.bulkhead.change((spec) -> spec.withMax(3)));
			assertThat(one.changes.settle(one.bulkhead)).isTrue();
		}
	}

	@Test
	void ofTwoChangesWithTheSameVersionThatOfRedisHolds() {
		Instance one = instance(RedisServer.shared());
		one.changeMax(5, null);
		try (ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			put(redis, 1, one.bulkhead.configured().withMax(7));
			Awaitility.await().until(() -> one.bulkhead.max() == 7);
		}
	}

	@Test
	void aResetThatChangesNothingHereIsToldToo() {
		Instance one = instance(RedisServer.shared());
		one.changeMax(5, null);
		one.changeMax(2, Duration.ofHours(1));
		one.changes.reset(one.bulkhead, () -> one.bulkhead.change((spec) -> one.bulkhead.configured()));
		one.changes.settle(one.bulkhead);
		try (ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			assertThat(redis.commands().hget(key(), FIELD)).isEqualTo("3 ");
			one.changeMax(6, null);
			one.changes.reset(one.bulkhead, () -> one.bulkhead.change((spec) -> one.bulkhead.configured()));
			one.changes.settle(one.bulkhead);
			assertThat(redis.commands().hget(key(), FIELD)).isEqualTo("5 ");
		}
	}

	/** Have an instance go by nothing that Redis says, until it may. */
	private CompletableFuture<?> holdAnswers(ScriptClient redis, Instance instance) {
		CompletableFuture<Void> holds = new CompletableFuture<>();
		CompletableFuture<Void> may = new CompletableFuture<>();
		instance.bulkhead.listen(new LimiterListener() {
			@Override
			public void changed(Change change) {
				if (holds.complete(null)) {
					may.orTimeout(60, TimeUnit.SECONDS).join();
				}
			}
		});
		put(redis, 3, instance.bulkhead.configured().withTimeout(Duration.ofSeconds(41)));
		holds.orTimeout(60, TimeUnit.SECONDS).join();
		return may;
	}

	/** As if another instance had changed it. */
	private void put(ScriptClient redis, long version, ConcurrencyLimiterSpec spec) {
		redis.commands().hset(key(), FIELD, version + " " + ChangedValues.write(ChangedValues.of(spec)));
	}

	/** What an instance has. */
	private record Instance(RedisLimiterStore store, SharedChanges changes, ConcurrencyLimiter bulkhead) {

		void changeMax(int max, Duration holds) {
			change("max", (spec) -> spec.withMax(max), holds);
		}

		void change(String name, UnaryOperator<ConcurrencyLimiterSpec> change, Duration holds) {
			this.changes.change(this.bulkhead, List.of(name), holds, () -> this.bulkhead.change(change));
			this.changes.settle(this.bulkhead);
		}

	}

}
