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
import java.util.stream.Stream;

import io.github.penstock.LimiterStore.Supply;
import io.github.penstock.redis.Bounds.Hold;
import io.github.penstock.redis.Instance.Event;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for instances that are processes of their own, of which some die or stand still,
 * as Redis does. How long anything takes is not asserted; what hangs fails.
 */
@Timeout(180)
class SharedProcessesTests {

	private static final int CALLERS = 8;

	private static RedisServer server;

	private static InstanceSetup setup;

	private static final List<InstanceProcess> instances = new ArrayList<>();

	@BeforeAll
	static void startServer() {
		server = RedisServer.start();
		setup = InstanceSetup.strict(server.port(), "processes");
	}

	@AfterAll
	static void stopAll() {
		instances.forEach(InstanceProcess::close);
		instances.clear();
		server.close();
	}

	@BeforeEach
	void startInstances() {
		instances.removeIf((instance) -> !instance.isAlive());
		while (instances.size() < 3) {
			instances.add(InstanceProcess.start(setup));
		}
		instances.forEach(InstanceProcess::awaitUp);
		instances.forEach(InstanceProcess::forgetEvents);
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	private static void callFromAll() {
		instances.forEach((instance) -> instance.ask("call", CALLERS));
	}

	private static void stopCalls() {
		instances.forEach((instance) -> instance.tell("stop", 0));
		instances.forEach(InstanceProcess::answer);
	}

	private static List<Event> all(String kind) {
		return instances.stream().flatMap((instance) -> instance.events(kind).stream()).toList();
	}

	private static void awaitMore(int events) {
		int grants = all(Event.GRANT).size();
		int holds = all(Event.END).size();
		await().until(() -> all(Event.GRANT).size() >= grants + events && all(Event.END).size() >= holds + events);
	}

	private static List<Hold> holds(long endMicros) {
		return instances.stream().flatMap((instance) -> Bounds.holds(instance, endMicros).stream()).toList();
	}

	/** P3: one instance can have all, and no more than these. */
	private static void assertAllPermitsAreThere() {
		InstanceProcess first = instances.get(0);
		assertThat(first.ask("hold", setup.max())).isEqualTo(setup.max());
		assertThat(entries()).hasSize(1).first().asString().startsWith(setup.max() + " ");
		assertThat(first.ask("release")).isEqualTo(setup.max());
		await().until(() -> entries().isEmpty());
	}

	/** What Redis has of the instances that have permits: see {@code permits.lua}. */
	private static List<String> entries() {
		try (ScriptClient redis = new ScriptClient(server)) {
			String name = new SupplyNames(setup.namespace()).permits(new Supply(InstanceSetup.BULKHEAD, null));
			return redis.commands().hvals(name);
		}
	}

	@Test // D1, D4
	void allTogetherKeepToTheLimitsAndEachHasAShare() {
		long since = Instance.now();
		callFromAll();
		// Long enough to tell twice the rate from a burst.
		await().until(() -> all(Event.GRANT).size() >= 500 && all(Event.END).size() >= 200 && instances.stream()
			.allMatch(
					(instance) -> instance.events(Event.GRANT).size() > 10 && instance.events(Event.END).size() > 10));
		stopCalls();
		Bounds.assertGrantsWithin(setup, instances, since, 1);
		Bounds.assertHoldersWithin(setup.max(), holds(Instance.now()));
		assertAllPermitsAreThere();
	}

	@Test // D3
	void permitsOfAKilledInstanceComeBack() {
		InstanceProcess killed = instances.get(0);
		assertThat(killed.ask("hold", 5)).isEqualTo(5);
		InstanceProcess other = instances.get(1);
		assertThat(other.ask("hold", 5)).isEqualTo(5);
		killed.kill();
		instances.remove(killed);
		// Nobody asks for what it had for longer than its lease.
		assertThat(other.ask("hold", 5)).isEqualTo(10);
		assertThat(other.ask("valid")).isEqualTo(10);
		assertThat(other.ask("release")).isEqualTo(10);
		assertAllPermitsAreThere();
	}

	@Test // D3
	void instanceThatStoodStillLearnsThatOthersHaveItsPermits() {
		InstanceProcess paused = instances.get(0);
		InstanceProcess other = instances.get(1);
		assertThat(paused.ask("hold", 10)).isEqualTo(10);
		paused.suspend();
		try {
			assertThat(other.ask("hold", 10)).isEqualTo(10);
		}
		finally {
			paused.resume();
		}
		await().until(() -> paused.events(Event.LOST).stream().mapToLong(Event::number).sum() == 10);
		assertThat(paused.ask("valid")).isZero();
		// Its late release is nobody's, and it can have none yet.
		assertThat(paused.ask("release")).isEqualTo(10);
		paused.tell("hold", 1);
		await().until(() -> entries().size() == 2);
		assertThat(entries()).anyMatch((entry) -> entry.startsWith("10 ")).anyMatch((entry) -> entry.startsWith("0 "));
		assertThat(other.ask("valid")).isEqualTo(10);
		assertThat(other.ask("release")).isEqualTo(10);
		assertThat(paused.answer()).isEqualTo(1);
		assertThat(paused.ask("valid")).isEqualTo(1);
		assertThat(paused.ask("release")).isEqualTo(1);
		assertAllPermitsAreThere();
	}

	@Test // D1, D5
	void redisThatIsStartedEmptyIsFullOnceMore() {
		long since = Instance.now();
		callFromAll();
		awaitMore(50);
		server.kill();
		long down = Instance.now();
		server.restart();
		awaitMore(50);
		stopCalls();
		// Who holds a permit at the restart has it put down anew.
		Bounds.assertGrantsWithin(setup, instances, since, 2);
		Bounds.assertHoldersWithin(setup.max(), holds(down).stream().filter((hold) -> hold.to() <= down).toList());
		Bounds.assertHoldersWithin(2 * setup.max(), holds(Instance.now()));
		assertAllPermitsAreThere();
	}

	@Test // D5
	void scriptsThatRedisForgetsAreSentAgain() {
		long since = Instance.now();
		callFromAll();
		try (ScriptClient redis = new ScriptClient(server)) {
			for (int i = 0; i < 5; i++) {
				awaitMore(10);
				redis.commands().scriptFlush();
			}
		}
		awaitMore(10);
		stopCalls();
		Bounds.assertGrantsWithin(setup, instances, since, 1);
		Bounds.assertHoldersWithin(setup.max(), holds(Instance.now()));
		assertThat(Stream.of(Event.LOST, Event.END_LOST).flatMap((kind) -> all(kind).stream())).isEmpty();
		assertAllPermitsAreThere();
	}

}
