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

package io.github.penstock.benchmarks.shared;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

import io.github.penstock.benchmarks.core.Permits;
import io.github.penstock.benchmarks.shared.SharedTokenContender.Rate;
import io.lettuce.core.ScriptOutputType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SharedTokenContender} and {@link SharedPermitContender}: each does
 * what is measured.
 */
@Timeout(120)
class SharedContenderTests {

	private static RedisServer redis;

	@BeforeAll
	static void start() throws IOException {
		redis = RedisServer.start();
	}

	@AfterAll
	static void stop() throws IOException {
		redis.close();
	}

	@ParameterizedTest
	@EnumSource
	void tokensAreOfAllInstances(SharedTokenContender contender) throws Exception {
		Rate three = new Rate(3, Duration.ofMinutes(10));
		try (SharedTokens one = contender.create(redis.port(), "three", three);
				SharedTokens other = contender.create(redis.port(), "three", three)) {
			one.take();
			other.take();
			assertThat(one.tryTake()).isTrue();
			assertThat(other.tryTake()).isFalse();
			assertThat(one.tryTake()).isFalse();
		}
	}

	@ParameterizedTest
	@EnumSource
	void ampleTokensAreEnough(SharedTokenContender contender) throws Exception {
		try (SharedTokens tokens = contender.create(redis.port(), "ample", Rate.AMPLE)) {
			for (int call = 0; call < 100; call++) {
				tokens.take();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void permitsAreOfAllInstances(SharedPermitContender contender) throws Exception {
		try (SharedPermits one = contender.create(redis.port(), "two", 2);
				SharedPermits other = contender.create(redis.port(), "two", 2)) {
			AtomicLong held = new AtomicLong();
			nest(one, () -> onOtherThread(other, held::incrementAndGet));
			assertThat(held).hasValue(1);
			// Both have come back.
			nest(other, () -> onOtherThread(one, held::incrementAndGet));
			assertThat(held).hasValue(2);
		}
	}

	@Test
	void bareScriptLendsNoMoreThanThereAre() throws Exception {
		try (SharedPermits permits = SharedPermitContender.EVALSHA.create(redis.port(), "one", 1)) {
			nest(permits, () -> assertThatExceptionOfType(RejectedExecutionException.class)
				.isThrownBy(() -> permits.around(Permits.NOTHING)));
		}
	}

	@ParameterizedTest
	@EnumSource(names = "EVALSHA", mode = EnumSource.Mode.EXCLUDE)
	void callWaitsForAPermitOfAnotherInstance(SharedPermitContender contender) throws Exception {
		try (SharedPermits one = contender.create(redis.port(), "waited-for", 1);
				SharedPermits other = contender.create(redis.port(), "waited-for", 1)) {
			CountDownLatch comes = new CountDownLatch(1);
			CountDownLatch over = new CountDownLatch(1);
			AtomicLong held = new AtomicLong();
			Thread waiter = new Thread(() -> {
				comes.countDown();
				nest(other, held::incrementAndGet);
				over.countDown();
			});
			nest(one, () -> {
				waiter.start();
				awaitUninterrupted(comes);
				assertThat(held).hasValue(0);
			});
			awaitUninterrupted(over);
			assertThat(held).hasValue(1);
		}
	}

	@Test
	void commandsOfScriptsCount() {
		try (Lettuce lettuce = new Lettuce(redis.port())) {
			Lettuce.Script script = lettuce.script("bucket.lua");
			long before = lettuce.commandsRun();
			script.run(ScriptOutputType.INTEGER, "counted", "1", "10");
			// Itself, TIME, GET and SET.
			assertThat(lettuce.commandsRun() - before).isEqualTo(4);
		}
	}

	@Test
	void handOverTellsEverybody() throws Exception {
		try (Subject handOver = Subject.open(redis.port(), Subject.HAND_OVER, "", 0)) {
			long[] times = new Load("4", 0, 20).run(handOver.call(), () -> {
			}, () -> {
			});
			assertThat(times).isNotEmpty().isSorted();
		}
	}

	private static void nest(SharedPermits permits, Runnable body) {
		try {
			permits.around(body);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void onOtherThread(SharedPermits permits, Runnable body) {
		Thread thread = new Thread(() -> nest(permits, body));
		thread.start();
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void awaitUninterrupted(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
