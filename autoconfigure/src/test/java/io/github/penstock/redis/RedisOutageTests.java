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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.LimiterStore.PermitRequest;
import io.github.penstock.LimiterStore.StoreUnavailableException;
import io.github.penstock.LimiterStore.Supply;
import io.github.penstock.LimiterStore.TokenReply;
import io.github.penstock.RateLimiterSpec;
import io.lettuce.core.RedisURI;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RedisLimiterStore} on a Redis that does not answer.
 */
@ExtendWith(OutputCaptureExtension.class)
class RedisOutageTests {

	private static final RateLimiterSpec SLOW = RateLimiterSpec.of(3, Duration.ofDays(3));

	private static final Supply API = new Supply("api", null);

	private static final Supply EXPORT = new Supply("export", null);

	private static final Duration SHORT = Duration.ofMillis(100);

	private static final Duration LEASE = Duration.ofSeconds(30);

	/** One of its own, for what is done to it. */
	private static RedisServer server;

	private final Stores stores = new Stores();

	@BeforeAll
	static void startServer() {
		server = RedisServer.start();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@AfterEach
	void close() {
		this.stores.close();
	}

	@Test
	void redisThatIsNotThereIsAnOutageUntilItIs() {
		int port = RedisServer.freePort();
		RedisLimiterStore store = this.stores.create(port, SHORT, LEASE);
		store.start();
		awaitDown(store);
		assertThat(store.state().cause()).contains(String.valueOf(port));
		AtomicInteger runs = new AtomicInteger();
		store.whenAvailable(runs::incrementAndGet);
		assertUnavailable(store.tokens(Stores.take(API, SLOW, 1, 0)));
		assertThat(runs).hasValue(0);
		RedisServer late = RedisServer.startAt(port);
		try {
			awaitUp(store);
			Awaitility.await().until(() -> runs.get() == 1);
			awaitAnswer(store);
		}
		finally {
			late.close();
		}
	}

	@Test
	void redisThatHangsIsAnOutageAfterTheBudget(CapturedOutput output) {
		RedisLimiterStore store = this.stores.createUp(server.port(), SHORT, LEASE);
		server.suspend();
		try {
			assertUnavailable(store.permits(new PermitRequest(EXPORT, 1, 0, 1, false)));
			awaitDown(store);
			long sent = store.state().questions();
			CompletionStage<TokenReply> refused = store.tokens(Stores.take(API, SLOW, 1, 0));
			assertThat(refused.toCompletableFuture()).isCompletedExceptionally();
			assertThat(store.state().questions()).isEqualTo(sent);
			assertThat(store.state().refused()).isPositive();
		}
		finally {
			server.resume();
		}
		awaitUp(store);
		awaitAnswer(store);
		assertThat(output.getOut().lines().filter((line) -> line.contains("Redis does not answer"))).hasSize(1);
		assertThat(output.getOut().lines().filter((line) -> line.contains("Redis answers again"))).hasSize(1);
	}

	@Test
	void redisThatIsStartedAnewIsAnsweringAgain() {
		RedisServer killed = RedisServer.start();
		try {
			RedisLimiterStore store = this.stores.createUp(killed.port(), SHORT, LEASE);
			Stores.tokens(store, Stores.take(API, SLOW, 3, 0));
			killed.kill();
			awaitDown(store);
			killed.restart();
			awaitUp(store);
			awaitAnswer(store);
		}
		finally {
			killed.close();
		}
	}

	@Test
	void connectionsThatAreResetAreMadeAnew() {
		try (FaultyProxy proxy = new FaultyProxy(server.port())) {
			RedisLimiterStore store = this.stores.createUp(proxy.port(), SHORT, LEASE);
			proxy.refuse(true);
			proxy.reset();
			awaitDown(store);
			proxy.refuse(false);
			awaitUp(store);
			awaitAnswer(store);
		}
	}

	@Test
	void connectionsThatLeadNowhereAreMadeAnew() {
		try (FaultyProxy proxy = new FaultyProxy(server.port())) {
			RedisLimiterStore store = this.stores.createUp(proxy.port(), SHORT, LEASE);
			proxy.swallowQuestions(true);
			assertUnavailable(store.tokens(Stores.take(API, SLOW, 1, 0)));
			awaitDown(store);
			proxy.swallowQuestions(false);
			awaitUp(store);
			awaitAnswer(store);
		}
	}

	@Test
	void questionThatWasCutAfterItWasAskedIsNotAskedTwice() {
		try (FaultyProxy proxy = new FaultyProxy(server.port())) {
			RedisLimiterStore store = this.stores.createUp(proxy.port(), SHORT, LEASE);
			proxy.cutAfterQuestion(true);
			assertUnavailable(store.tokens(Stores.take(API, SLOW, 1, 0)));
			proxy.cutAfterQuestion(false);
			awaitUp(store);
			// One of three is gone, and not two.
			RedisLimiterStore other = this.stores.create(server.port());
			assertThat(Stores.tokens(other, Stores.take(API, SLOW, 3, 0)).waits()).filteredOn((wait) -> wait == 0)
				.hasSizeGreaterThanOrEqualTo(2);
		}
	}

	@Test
	void tokensOfAnAnswerThatComesTooLateGoBack() {
		try (FaultyProxy proxy = new FaultyProxy(server.port())) {
			RedisLimiterStore store = this.stores.createUp(proxy.port(), SHORT, LEASE);
			RedisLimiterStore other = this.stores.create(server.port());
			// Redis knows the script.
			Stores.tokens(other, Stores.take(new Supply("another", null), SLOW, 1, 0));
			proxy.holdAnswers();
			assertUnavailable(store.tokens(Stores.take(API, SLOW, 3, 0)));
			proxy.passAnswers();
			Awaitility.await()
				.until(() -> Stores.tokens(other, Stores.take(API, SLOW, 3, 0))
					.waits()
					.stream()
					.allMatch((wait) -> wait == 0));
		}
	}

	@Test
	void messagesAreHeardAgainAfterAReset() {
		try (FaultyProxy proxy = new FaultyProxy(server.port())) {
			RedisLimiterStore store = this.stores.createUp(proxy.port(), SHORT, LEASE);
			AtomicInteger wakes = new AtomicInteger();
			store.watch(EXPORT, wakes::incrementAndGet);
			Awaitility.await().until(() -> wakes.get() == 1);
			proxy.reset();
			// What was missed in between may have been for anybody.
			Awaitility.await().until(() -> wakes.get() >= 2);
			int before = wakes.get();
			try (ScriptClient redis = new ScriptClient(server)) {
				SupplyNames names = new SupplyNames(this.stores.namespace());
				String entries = redis.commands().zrange(names.instances(), 0, 0).get(0);
				redis.commands().publish(names.wakeUps(), names.permits(EXPORT) + " " + entries);
				redis.commands().publish(names.wakeUps(), names.permits(new Supply("another", null)) + " " + entries);
				redis.commands().publish(names.wakeUps(), names.permits(EXPORT) + " somebody-else");
			}
			Awaitility.await().until(() -> wakes.get() == before + 1);
		}
	}

	@Test
	void replicaIsAnOutageUntilItIsAMaster() {
		RedisServer replica = RedisServer.start("--replicaof", "127.0.0.1", String.valueOf(server.port()));
		try (ScriptClient redis = new ScriptClient(replica)) {
			RedisLimiterStore store = this.stores.create(replica.port(), SHORT, LEASE);
			assertUnavailable(store.tokens(Stores.take(API, SLOW, 1, 0)));
			awaitDown(store);
			redis.commands().replicaofNoOne();
			awaitUp(store);
			awaitAnswer(store);
		}
		finally {
			replica.close();
		}
	}

	@Test
	void redisWithoutMemoryIsAnOutage() {
		try (ScriptClient redis = new ScriptClient(server)) {
			RedisLimiterStore store = this.stores.createUp(server.port(), SHORT, LEASE);
			redis.commands().configSet("maxmemory", "1");
			try {
				awaitDown(store);
				assertThat(store.state().cause()).contains("OOM");
			}
			finally {
				redis.commands().configSet("maxmemory", "0");
			}
			awaitUp(store);
		}
	}

	@Test
	void wrongPasswordIsAnOutageThatSaysSo() {
		RedisServer secured = RedisServer.start("--requirepass", "right");
		try {
			RedisURI uri = RedisURI.Builder.redis("127.0.0.1", secured.port())
				.withPassword("wrong".toCharArray())
				.build();
			RedisLimiterStore store = this.stores.create(uri, SHORT, LEASE);
			store.start();
			awaitDown(store);
			assertThat(store.state().cause()).contains("WRONGPASS");
			RedisLimiterStore right = this.stores.create(
					RedisURI.Builder.redis("127.0.0.1", secured.port()).withPassword("right".toCharArray()).build(),
					Stores.AMPLE, LEASE);
			assertThat(Stores.tokens(right, Stores.take(API, SLOW, 1, 0)).waits()).containsExactly(0L);
		}
		finally {
			secured.close();
		}
	}

	private static void awaitDown(RedisLimiterStore store) {
		Awaitility.await().until(() -> !store.state().up());
	}

	private static void awaitUp(RedisLimiterStore store) {
		Awaitility.await().until(() -> store.state().up());
	}

	/** A pause of this JVM may be another outage, which ends by itself as well. */
	private static void awaitAnswer(RedisLimiterStore store) {
		Awaitility.await()
			.ignoreExceptionsInstanceOf(StoreUnavailableException.class)
			.until(() -> Stores.tokens(store, Stores.take(new Supply("other", null), SLOW, 1, 0)).waits().size() == 1);
	}

	private static void assertUnavailable(CompletionStage<?> question) {
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> Stores.get(question))
			.withMessageContaining("Redis d");
	}

}
