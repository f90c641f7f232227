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

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.actuate.LimiterChange;
import io.github.penstock.actuate.LimiterChangeListener;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import io.github.penstock.http.HttpLimits;
import io.github.penstock.web.RunningServer;
import io.github.penstock.work.BoundedWorkQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two instances of an application on real servers, which share their limits.
 */
@Timeout(180)
class SharedApplicationTests {

	private final String name = "shop-" + UUID.randomUUID();

	private final List<RunningServer> servers = new ArrayList<>();

	@AfterEach
	void close() {
		this.servers.forEach(RunningServer::close);
	}

	private void start(boolean reactive, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of("spring.application.name=" + this.name, "penstock.shared.budget=3s",
				"management.endpoints.web.exposure.include=*", "management.endpoint.limiters.access=unrestricted",
				"management.endpoint.health.show-details=always", "management.health.redis.enabled=false"));
		for (int i = 0; i < 2; i++) {
			String[] own = all.toArray(String[]::new);
			this.servers.add(reactive ? RunningServer.webFlux(Application.class, own)
					: RunningServer.mvc(Application.class, own));
		}
	}

	private List<Integer> statuses(String path, int requests) {
		List<Integer> statuses = new ArrayList<>();
		for (int i = 0; i < requests; i++) {
			statuses.add(this.servers.get(i % 2).get(path, "X-Api-Key", "ann").statusCode());
		}
		return statuses;
	}

	private LimiterRegistry registry(int instance) {
		return this.servers.get(instance).context().getBean(LimiterRegistry.class);
	}

	@ParameterizedTest // D1, C3
	@ValueSource(booleans = { false, true })
	void everyKindOfPlaceTakesFromTheLimitsOfAll(boolean reactive) {
		start(reactive, "penstock.requests.visitors.paths=/open", "penstock.requests.visitors.limit=3",
				"penstock.requests.visitors.per=1d", "penstock.requests.visitors.key=header:X-Api-Key",
				"penstock.requests.visitors.shared=true", "penstock.rate-limits.plain.shared=true",
				"penstock.rate-limits.stage.shared=true", "penstock.rate-limits.mono.shared=true",
				"penstock.rate-limits.keyed.shared=true", "penstock.bulkheads.gate.shared=true");
		// On an event loop nobody can wait for an answer with his thread.
		if (!reactive) {
			assertThat(statuses("/plain", 5)).containsExactly(200, 200, 200, 429, 429);
		}
		for (String path : List.of("/open", "/stage", "/mono", "/keyed?key=ann", "/keyed?key=bob")) {
			assertThat(statuses(path, 5)).as(path).containsExactly(200, 200, 200, 429, 429);
		}
		Permit permit = registry(0).concurrencyLimiter("gate").tryAcquire();
		assertThat(statuses("/gate", 2)).containsExactly(503, 503);
		permit.close();
		Awaitility.await().until(() -> statuses("/gate", 2).equals(List.of(200, 200)));
	}

	@Test // D6
	void endpointShowsAndChangesWhatIsShared() {
		start(false, "penstock.bulkheads.gate.shared=true", "penstock.rate-limits.plain.shared=true");
		Permit permit = registry(0).concurrencyLimiter("gate").tryAcquire();
		assertThat(permit).isNotNull();
		HttpResponse<String> shown = this.servers.get(0).get("/actuator/limiters/bulkhead/gate");
		assertThat(shown.body()).contains("\"shared\":{\"instances\":",
				"\"inUse\":1,\"degraded\":false," + "\"onOutage\":\"local-share\"}");
		permit.close();
		String version = shown.body().replaceAll(".*\"version\":\"([0-9a-f]+)\".*", "$1");
		HttpResponse<String> changed = change(0, version, 7);
		assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
		// Whoever has not seen that does not undo it elsewhere.
		assertThat(change(1, version, 9).statusCode()).isEqualTo(409);
		assertThat(registry(1).concurrencyLimiter("gate").max()).isEqualTo(7);
		HttpResponse<String> health = this.servers.get(0).get("/actuator/health");
		assertThat(health.body()).contains("\"penstockStore\":{\"details\":{").contains("\"status\":\"UP\"");
		assertThat(this.servers.get(0).get("/actuator/metrics/penstock.store.up").body()).contains("\"value\":1.0");
		assertThat(this.servers.get(0).get("/actuator/metrics/penstock.bulkhead.degraded").statusCode()).isEqualTo(200);
	}

	private HttpResponse<String> change(int instance, String version, int max) {
		return change(instance, "{\"max\": " + max + ", \"version\": \"" + version + "\"}");
	}

	private HttpResponse<String> change(int instance, String body) {
		return this.servers.get(instance)
			.post("/actuator/limiters/bulkhead/gate", body, "Content-Type", "application/json");
	}

	@Test // D6
	void aChangeForATimeEndsWithoutTheInstanceThatMadeIt() {
		start(false, "penstock.bulkheads.gate.shared=true");
		assertThat(change(0, "{\"max\": 9, \"for\": \"1h\"}").body()).contains("\"until\":\"");
		Awaitility.await().until(() -> registry(1).concurrencyLimiter("gate").max() == 9);
		assertThat(this.servers.get(1).get("/actuator/limiters/bulkhead/gate").body()).contains("\"until\":\"");
		List<LimiterChange> told = this.servers.get(1).context().getBean(Told.class).changes;
		this.servers.get(0).close();
		try (ScriptClient redis = new ScriptClient(RedisServer.shared())) {
			SharedChangesTests.letTimePass(redis, new SupplyNames(this.name).changes(), "bulkhead:gate");
		}
		Awaitility.await().until(() -> registry(1).concurrencyLimiter("gate").max() == 1);
		Awaitility.await()
			.untilAsserted(() -> assertThat(told).extracting(LimiterChange::cause)
				.containsExactly(LimiterChange.Cause.CHANGED, LimiterChange.Cause.REVERTED));
	}

	@Test
	void aPauseThatAServerAsksOneInstanceForIsOneOfAll() {
		start(false, "penstock.http-clients.bank.hosts=bank.example", "penstock.http-clients.bank.rps=100",
				"penstock.http-clients.bank.shared=true");
		HttpLimits one = this.servers.get(0).context().getBean(HttpLimits.class);
		HttpLimits other = this.servers.get(1).context().getBean(HttpLimits.class);
		SharedPauses pauses = new SharedPauses(this.servers.get(0).context().getBean(RedisLimiterStore.class));
		assertThat(one.all().get("bank").rateLimit().sharedStatus()).isNotNull();
		Awaitility.await().untilAsserted(() -> {
			pauses.tell("bank", Duration.ofSeconds(30 + this.servers.size()));
			assertThat(other.all().get("bank").pause().paused()).isPositive();
		});
	}

	@Test
	void aWorkQueueWorksWithPermitsOfAllInstances() throws Exception {
		start(false, "penstock.bulkheads.gate.max=2", "penstock.bulkheads.gate.shared=true");
		BoundedWorkQueue queue = BoundedWorkQueue.builder(registry(0)).bulkhead("gate").build();
		List<Integer> done = queue.processAll(List.of(1, 2, 3, 4, 5, 6), (item) -> item * 2);
		assertThat(done).containsExactly(2, 4, 6, 8, 10, 12);
		Awaitility.await().until(() -> registry(1).concurrencyLimiter("gate").tryAcquire() != null);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Shop.class, Told.class })
	static class Application {

		/** What Spring Data Redis would have of its properties. */
		@Bean
		DataRedisConnectionDetails redis() {
			return new DataRedisConnectionDetails() {

				@Override
				public Standalone getStandalone() {
					return Standalone.of("127.0.0.1", RedisServer.shared().port());
				}

			};
		}

	}

	/** What is told of changes. */
	static class Told implements LimiterChangeListener {

		private final List<LimiterChange> changes = new CopyOnWriteArrayList<>();

		@Override
		public void changed(LimiterChange change) {
			this.changes.add(change);
		}

	}

	@RestController
	static class Shop {

		@GetMapping("/open")
		String open() {
			return "open";
		}

		@GetMapping("/plain")
		@RateLimited(name = "plain", limit = 3, per = "1d", timeout = "0")
		String plain() {
			return "plain";
		}

		@GetMapping("/stage")
		@RateLimited(name = "stage", limit = 3, per = "1d", timeout = "0")
		CompletionStage<String> stage() {
			return CompletableFuture.completedFuture("stage");
		}

		@GetMapping("/mono")
		@RateLimited(name = "mono", limit = 3, per = "1d", timeout = "0")
		Mono<String> mono() {
			return Mono.just("mono");
		}

		@GetMapping("/keyed")
		@RateLimited(name = "keyed", limit = 3, per = "1d", timeout = "0", key = "#key")
		Mono<String> keyed(@RequestParam("key") String key) {
			return Mono.just(key);
		}

		@GetMapping("/gate")
		@Bulkhead(name = "gate", max = 1, timeout = "0")
		Mono<String> gate() {
			return Mono.just("gate");
		}

	}

}
