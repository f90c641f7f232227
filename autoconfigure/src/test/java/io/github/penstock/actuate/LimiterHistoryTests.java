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

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.test.MovableTime;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LimiterHistory}.
 */
class LimiterHistoryTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=penstock,limiters";

	private final AtomicBoolean busy = new AtomicBoolean();

	private final List<Runnable> late = new ArrayList<>();

	private final MovableTime time = new MovableTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter bulkhead = this.registry.register("export",
			ConcurrencyLimiterSpec.of(4).withTimeout(Duration.ofMinutes(1)));

	private final LimiterHistory history = new LimiterHistory(this.registry, this.time, this::execute);

	private void execute(Runnable look) {
		if (this.busy.get()) {
			this.late.add(look);
		}
		else {
			look.run();
		}
	}

	private void pass(int intervals) {
		this.time.advance(LimiterHistory.INTERVAL.multipliedBy(intervals));
	}

	private void begin() {
		this.history.afterSingletonsInstantiated();
		pass(1);
	}

	private HistoryDescriptor.PastDescriptor past(String name) {
		return this.history.since(null)
			.limiters()
			.stream()
			.filter((one) -> one.name().equals(name))
			.findFirst()
			.orElseThrow();
	}

	private void call(Duration hold, int times) {
		for (int i = 0; i < times; i++) {
			Object permit = this.bulkhead.checkOut();
			this.time.advance(hold);
			this.bulkhead.checkIn(permit);
		}
	}

	@Test
	void newLimiterIsNotToldToBeBusierAtALateLook() {
		begin();
		this.busy.set(true);
		RateLimiter fresh = this.registry.register("fresh", RateLimiterSpec.of(1000));
		for (int call = 0; call < 10; call++) {
			fresh.tryAcquire();
			pass(1);
		}
		this.late.forEach(Runnable::run);
		assertThat(past("fresh").granted()).hasSize(10)
			.allSatisfy((rate) -> assertThat(rate.doubleValue()).isEqualTo(0.5));
	}

	@Test
	void lookThatIsRejectedIsNotTheLast() {
		AtomicBoolean rejects = new AtomicBoolean();
		LimiterHistory rejected = new LimiterHistory(this.registry, this.time, (look) -> {
			if (rejects.get()) {
				throw new RejectedExecutionException();
			}
			look.run();
		});
		rejected.afterSingletonsInstantiated();
		rejects.set(true);
		pass(2);
		rejects.set(false);
		pass(1);
		assertThat(rejected.since(null).last()).isEqualTo(3);
	}

	@Test
	void shortCallsAreSeenThoughNoneIsInUseAtTheMoment() {
		begin();
		for (int interval = 0; interval < 3; interval++) {
			call(Duration.ofMillis(10), 100);
			this.time.advance(Duration.ofSeconds(1));
			assertThat(this.bulkhead.inUse()).isZero();
		}
		assertThat(past("export").used()).allSatisfy((mean) -> assertThat(mean.doubleValue()).isEqualTo(0.5))
			.hasSize(3);
		assertThat(past("export").peak()).containsExactly(1L, 1L, 1L);
		assertThat(past("export").granted()).containsExactly(50L, 50L, 50L);
		assertThat(past("export").limit()).containsExactly(4L, 4L, 4L);
	}

	@Test
	void longCallsAreSeenWhileTheyLast() throws InterruptedException {
		call(Duration.ofSeconds(60), 1);
		begin();
		try (Permit first = this.bulkhead.acquire(); Permit second = this.bulkhead.acquire()) {
			pass(3);
		}
		pass(2);
		assertThat(past("export").used()).containsExactly(1L, 2L, 2L, 1L, 0L);
		assertThat(past("export").peak()).containsExactly(2L, 2L, 2L, 2L, 0L);
	}

	@Test
	void shortCallsAreSeenBesideOneThatLasts() throws InterruptedException {
		begin();
		try (Permit lasting = this.bulkhead.acquire(); Permit other = this.bulkhead.acquire()) {
			pass(1);
			call(Duration.ofMillis(10), 10);
			this.time.advance(Duration.ofMillis(1900));
			pass(1);
		}
		assertThat(past("export").used().subList(1, 3)).containsExactly(2L, 2L);
	}

	@Test
	void meanIsNeverMoreThanThePeak() {
		assertThat(LimiterPast.mean(10, 1e9, 2e9, 0, 0)).isEqualTo(5);
		begin();
		// What was measured is longer than what comes now.
		call(Duration.ofMillis(1900), 1);
		this.time.advance(Duration.ofMillis(100));
		for (int i = 0; i < 100; i++) {
			this.bulkhead.checkIn(this.bulkhead.checkOut());
		}
		pass(1);
		assertThat(past("export").used()).last().isEqualTo(1L);
	}

	@Test
	void lineIsSeenShortOrLong() {
		begin();
		List<Permit> permits = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			permits.add(this.bulkhead.tryAcquire());
		}
		CompletableFuture<Permit> waiting = this.bulkhead.acquireAsync(Duration.ofMinutes(1), Runnable::run);
		pass(2);
		this.time.advance(Duration.ofMillis(500));
		permits.remove(0).close();
		waiting.join().close();
		this.time.advance(Duration.ofMillis(1500));
		permits.add(this.bulkhead.tryAcquire());
		waiting = this.bulkhead.acquireAsync(Duration.ofMinutes(1), Runnable::run);
		this.time.advance(Duration.ofMillis(500));
		permits.remove(0).close();
		waiting.join().close();
		this.time.advance(Duration.ofMillis(1500));
		permits.forEach(Permit::close);
		assertThat(past("export").waiting()).containsExactly(0.5, 1L, 0.5, 0.25);
	}

	@Test
	void rateLimitHasTokensAndRefusalsPerSecond() {
		RateLimiter limiter = this.registry.register("llm",
				RateLimiterSpec.of(10, Duration.ofSeconds(1)).withTimeout(Duration.ZERO));
		begin();
		assertThat(limiter.tryAcquire(8)).isTrue();
		assertThat(limiter.tryAcquire(2)).isTrue();
		for (int i = 0; i < 4; i++) {
			assertThat(limiter.tryAcquire()).isFalse();
		}
		pass(1);
		HistoryDescriptor.PastDescriptor past = past("llm");
		assertThat(past.used()).containsExactly(5L);
		assertThat(past.granted()).containsExactly(1L);
		assertThat(past.refused()).containsExactly(2L);
		assertThat(past.limit()).containsExactly(10L);
		assertThat(past.peak()).isNull();
	}

	@Test
	void tenMinutesAreKeptAndNoMore() {
		begin();
		call(Duration.ofMillis(10), 1);
		this.time.advance(Duration.ofMillis(1990));
		assertThat(past("export").granted()).containsExactly(0.5);
		pass(299);
		assertThat(past("export").granted()).hasSize(300).first().isEqualTo(0.5);
		pass(1);
		assertThat(past("export").granted()).hasSize(300).containsOnly(0L);
		assertThat(LimiterHistory.INTERVAL.multipliedBy(LimiterPast.INTERVALS)).hasMinutes(10);
	}

	@Test
	void soManyLimitersAreKeptAndNoMore() {
		for (int i = 1; i < 1200; i++) {
			this.registry.register("limiter-" + i, ConcurrencyLimiterSpec.of(1));
		}
		begin();
		pass(2);
		assertThat(this.history.since(null).limiters()).hasSize(LimiterHistory.MOST_LIMITERS);
	}

	@Test
	void onlyWhatIsNewIsTold() {
		begin();
		pass(3);
		HistoryDescriptor all = this.history.since(null);
		assertThat(all.limiters().get(0).granted()).hasSize(3);
		assertThat(this.history.since(all.last()).limiters().get(0).granted()).isEmpty();
		pass(2);
		assertThat(this.history.since(all.last()).limiters().get(0).granted()).hasSize(2);
		assertThat(this.history.since(all.last()).last()).isEqualTo(all.last() + 2);
		// Of another history, or nonsense.
		assertThat(this.history.since(1000L).limiters().get(0).granted()).hasSize(5);
		assertThat(this.history.since(-7L).limiters().get(0).granted()).hasSize(5);
	}

	@Test
	void limiterThatComesLaterEndsWithTheOthers() {
		begin();
		pass(3);
		ConcurrencyLimiter later = this.registry.register("later", ConcurrencyLimiterSpec.of(1).withMax(0));
		assertThat(later.tryAcquire()).isNull();
		pass(3);
		assertThat(past("export").granted()).hasSize(6);
		assertThat(past("later").refused()).containsExactly(0.5, 0L, 0L);
	}

	@Test
	void lateLookTellsOfAllIntervalsThatItMissed() {
		begin();
		this.busy.set(true);
		pass(3);
		for (int i = 0; i < 12; i++) {
			this.bulkhead.checkIn(this.bulkhead.checkOut());
		}
		this.busy.set(false);
		assertThat(this.late).hasSize(1);
		this.late.remove(0).run();
		assertThat(past("export").granted()).containsExactly(2L, 2L, 2L);
		pass(1);
		assertThat(past("export").granted()).hasSize(4).last().isEqualTo(0L);
	}

	@Test
	void limitThatWasChangedIsThatOfItsTime() {
		begin();
		pass(1);
		this.bulkhead.change((spec) -> spec.withMax(9));
		pass(1);
		assertThat(past("export").limit()).containsExactly(4L, 9L);
	}

	@Test
	void nothingIsLookedAtWhenItHasEnded() {
		begin();
		pass(1);
		this.history.destroy();
		pass(5);
		assertThat(past("export").granted()).hasSize(1);
		this.busy.set(true);
		LimiterHistory other = new LimiterHistory(this.registry, this.time, this::execute);
		other.afterSingletonsInstantiated();
		pass(1);
		other.destroy();
		this.late.forEach(Runnable::run);
		this.late.clear();
		pass(2);
		assertThat(this.late).isEmpty();
	}

	@Test
	void historyIsThereWhereThePageIs() {
		try (RunningServer server = RunningServer.mvc(Application.class, "penstock.bulkheads.inventory.max=20",
				EXPOSED)) {
			assertHistory(server);
		}
		try (RunningServer server = RunningServer.webFlux(Application.class, "penstock.bulkheads.inventory.max=20",
				EXPOSED)) {
			assertHistory(server);
		}
	}

	private static void assertHistory(RunningServer server) {
		HttpResponse<String> response = server.get("/actuator/limiters/history");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
		Map<String, Object> history = JsonParserFactory.getJsonParser().parseMap(response.body());
		assertThat(history).containsEntry("everySeconds", 2).containsKeys("begun", "at", "last", "limiters");
		assertThat(server.get("/actuator/limiters/history?since=3").statusCode()).isEqualTo(200);
		assertThat(server.get("/actuator/limiters/history?since=x").statusCode()).isEqualTo(400);
		HttpResponse<String> other = server.get("/actuator/limiters/future");
		assertThat(other.statusCode()).isEqualTo(404);
		assertThat(other.body()).contains("'history'");
	}

	@Test
	void historyWithoutThePageIs404AndNotKept() {
		try (RunningServer server = RunningServer.mvc(Application.class,
				"management.endpoints.web.exposure.include=limiters")) {
			HttpResponse<String> response = server.get("/actuator/limiters/history");
			assertThat(response.statusCode()).isEqualTo(404);
			assertThat(response.body()).contains("expose the endpoint 'penstock'");
			assertThat(server.context().getBeanProvider(LimiterHistory.class).getIfAvailable()).isNull();
		}
		try (RunningServer server = RunningServer.mvc(Application.class,
				"management.endpoints.web.exposure.include=penstock")) {
			assertThat(server.context().getBeanProvider(LimiterHistory.class).getIfAvailable()).isNull();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
