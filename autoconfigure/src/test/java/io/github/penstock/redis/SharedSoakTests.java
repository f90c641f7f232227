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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.penstock.redis.Bounds.Hold;
import io.github.penstock.redis.Instance.Event;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A minute of three processes, and of another one while something goes wrong every
 * second: with a process, with Redis, with its clock or with the network in between.
 */
@Tag("soak")
@Timeout(300)
class SharedSoakTests {

	private static final int CALLERS = 4;

	private static final int JUMPS = 12;

	private static final long MINUTE = TimeUnit.SECONDS.toNanos(60);

	private final List<InstanceProcess> instances = new ArrayList<>();

	/** Those that were killed, whose events count yet. */
	private final List<InstanceProcess> dead = new ArrayList<>();

	private final List<FaultyProxy> proxies = new ArrayList<>();

	private final List<Hold> holds = new ArrayList<>();

	@Test // D1, D4
	void limitsHoldForAMinute() {
		try (RedisServer server = RedisServer.start()) {
			InstanceSetup setup = InstanceSetup.strict(server.port(), "minute");
			startInstances(setup);
			long since = Instance.now();
			this.instances.forEach((instance) -> instance.ask("call", CALLERS));
			LockSupport.parkNanos(MINUTE);
			stop();
			Bounds.assertGrantsWithin(setup, this.instances, since, 1);
			Bounds.assertHoldersWithin(setup.max(), this.holds);
			assertThat(this.instances).allSatisfy((instance) -> {
				assertThat(instance.events(Event.GRANT)).isNotEmpty();
				assertThat(instance.events(Event.END)).isNotEmpty();
			});
			report(since);
			assertAllPermitsAreThere(setup);
		}
		finally {
			close();
		}
	}

	@Test // D1, D3, D5
	void limitsHoldThroughAMinuteOfFaults() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		try (RedisServer server = RedisServer.start()) {
			InstanceSetup setup = InstanceSetup.strict(server.port(), "faults");
			startInstances(setup);
			long since = Instance.now();
			this.instances.forEach((instance) -> instance.ask("call", CALLERS));
			int fullBuckets = 1;
			for (long began = System.nanoTime(); System.nanoTime() - began < MINUTE;) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500 + random.nextInt(1_000)));
				int fault = random.nextInt(8);
				int which = random.nextInt(this.instances.size());
				System.out.println("Fault " + fault + " of instance " + which);
				switch (fault) {
					case 0 -> replace(setup, which);
					case 1 -> pause(which, 300 + random.nextInt(3_500));
					case 2 -> {
						server.kill();
						server.restart();
						fullBuckets++;
					}
					case 3 -> forgetScripts(server);
					case 4 -> this.proxies.get(which).reset();
					case 5 -> swallow(which, random.nextInt(2_000));
					case 6 -> hang(server, random.nextInt(1_500));
					default -> cut(which, random.nextInt(500));
				}
			}
			this.instances.forEach(InstanceProcess::awaitUp);
			stop();
			Bounds.assertGrantsWithin(setup, all(), since, fullBuckets);
			// Twice as many if Redis has forgotten them, or was not reached for longer
			// than a lease.
			Bounds.assertHoldersWithin(2 * setup.max(), this.holds);
			assertThat(this.instances).allSatisfy((instance) -> assertThat(instance.isAlive()).isTrue());
			report(since);
			assertAllPermitsAreThere(setup);
		}
		catch (RuntimeException | AssertionError ex) {
			throw new AssertionError("By seed " + seed, ex);
		}
		finally {
			close();
		}
	}

	@ParameterizedTest // D1, D3
	@ValueSource(ints = { -1, 1 })
	@EnabledIf("io.github.penstock.redis.MovableClock#isThere")
	void limitsHoldWhileTheClockOfRedisIsMoved(int direction, @TempDir Path directory) {
		MovableClock clock = new MovableClock(directory);
		try (RedisServer server = RedisServer.startBy(clock)) {
			InstanceSetup setup = InstanceSetup.strict(server.port(), "clock");
			startInstances(setup);
			long since = Instance.now();
			this.instances.forEach((instance) -> instance.ask("call", CALLERS));
			for (int jump = 1; jump <= JUMPS; jump++) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(700));
				clock.set(Duration.ofHours(3L * direction * jump));
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(700));
			stop();
			// Time that Redis saw pass fills the bucket, from whatever was promised to
			// callers, and ends leases: a call of before and one of after may be at work.
			boolean forward = direction > 0;
			int promised = (JUMPS * CALLERS * this.instances.size() - 1) / setup.burst() + 1;
			Bounds.assertGrantsWithin(setup, this.instances, since, forward ? 1 + JUMPS + promised : 1);
			Bounds.assertHoldersWithin(forward ? 2 * setup.max() : setup.max(), this.holds);
			// Nobody is let in less often for long.
			assertThat(this.instances.stream().mapToInt((instance) -> instance.events(Event.GRANT).size()).sum())
				.isGreaterThan(setup.rate() * JUMPS / 2);
			report(since);
			assertAllPermitsAreThere(setup);
		}
		finally {
			close();
		}
	}

	private void startInstances(InstanceSetup setup) {
		int port = Integer.parseInt(setup.uris().get(0).replaceAll(".*:", ""));
		for (int instance = 0; instance < 3; instance++) {
			FaultyProxy proxy = new FaultyProxy(port);
			this.proxies.add(proxy);
			this.instances.add(InstanceProcess.start(setup.at(proxy.port())));
		}
		this.instances.forEach(InstanceProcess::awaitUp);
	}

	/** Kill one, and start another one in its place. */
	private void replace(InstanceSetup setup, int which) {
		InstanceProcess killed = this.instances.get(which);
		killed.kill();
		this.holds.addAll(Bounds.holds(killed, 0));
		this.dead.add(killed);
		InstanceProcess started = InstanceProcess.start(setup.at(this.proxies.get(which).port()));
		this.instances.set(which, started);
		started.tell("call", CALLERS);
		started.answer();
	}

	private void pause(int which, int millis) {
		this.instances.get(which).suspend();
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
		this.instances.get(which).resume();
	}

	private List<InstanceProcess> all() {
		List<InstanceProcess> all = new ArrayList<>(this.instances);
		all.addAll(this.dead);
		return all;
	}

	private static void forgetScripts(RedisServer server) {
		try (ScriptClient redis = new ScriptClient(server)) {
			redis.commands().scriptFlush();
		}
	}

	private void swallow(int which, int millis) {
		FaultyProxy proxy = this.proxies.get(which);
		proxy.swallowQuestions(true);
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
		proxy.swallowQuestions(false);
	}

	private void cut(int which, int millis) {
		FaultyProxy proxy = this.proxies.get(which);
		proxy.cutAfterQuestion(true);
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
		proxy.cutAfterQuestion(false);
	}

	private static void hang(RedisServer server, int millis) {
		server.suspend();
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
		server.resume();
	}

	private void stop() {
		this.instances.forEach((instance) -> instance.tell("stop", 0));
		this.instances.forEach((instance) -> System.out.println("Longest call in ms: " + instance.answer()));
		this.instances.forEach((instance) -> this.holds.addAll(Bounds.holds(instance, 0)));
	}

	private void report(long since) {
		double seconds = (Instance.now() - since) / 1e6;
		all().forEach((instance) -> System.out.printf("%d grants and %d holds in %.1f s, %d times lost%n",
				instance.events(Event.GRANT).size(), instance.events(Event.END).size(), seconds,
				instance.events(Event.LOST).size()));
	}

	/** P3: one can have all that there are. */
	private void assertAllPermitsAreThere(InstanceSetup setup) {
		InstanceProcess first = this.instances.get(0);
		assertThat(first.ask("hold", setup.max())).isEqualTo(setup.max());
		assertThat(first.ask("valid")).isEqualTo(setup.max());
		assertThat(first.ask("release")).isEqualTo(setup.max());
	}

	private void close() {
		this.instances.forEach(InstanceProcess::close);
		this.proxies.forEach(FaultyProxy::close);
	}

}
