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

package io.github.penstock.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.test.MovableTime;
import io.github.penstock.web.RunningServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that operators see the pause of an HTTP client whose server has asked for one.
 */
class HttpClientPauseTests {

	private static HttpServer remote;

	private static RunningServer server;

	@BeforeAll
	static void start() throws IOException {
		remote = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		remote.createContext("/", (exchange) -> {
			exchange.getResponseHeaders().add("Retry-After", "30");
			exchange.sendResponseHeaders(429, -1);
			exchange.close();
		});
		remote.start();
		server = RunningServer.mvc(Application.class, "management.endpoints.web.exposure.include=limiters",
				"spring.http.clients.imperative.factory=http-components",
				"penstock.http-clients.supplier.hosts=localhost:" + port(), "penstock.http-clients.supplier.max=10",
				"penstock.http-clients.supplier.rate-limit=shared", "penstock.http-clients.backup.hosts=127.0.0.1",
				"penstock.http-clients.backup.rate-limit=shared", "penstock.rate-limits.shared.rps=100",
				"penstock.rate-limits.supplier.rps=100");
	}

	@AfterAll
	static void stop() {
		server.close();
		remote.stop(0);
	}

	@AfterEach
	void everythingIsBack() {
		time().advance(Duration.ofMinutes(2));
		ConcurrencyLimiter bulkhead = server.context().getBean(LimiterRegistry.class).concurrencyLimiter("supplier");
		assertThat(bulkhead.inUse()).isZero();
		assertThat(bulkhead.waiting()).isZero();
		assertThat(bulkhead.available()).isEqualTo(10);
	}

	@Test
	void endpointWhenTheServerSaidStopShowsThePauseUntilThePaceIsBack() {
		assertThat(limiter("bulkhead/supplier")).doesNotContainKey("pauses");
		send("localhost");
		assertThat(pauses("bulkhead/supplier")).singleElement().satisfies((pause) -> {
			assertThat(pause).containsOnlyKeys("client", "pausedSeconds", "restoringSeconds")
				.containsEntry("client", "supplier");
			assertThat(pause.get("pausedSeconds")).asInstanceOf(InstanceOfAssertFactories.DOUBLE).isBetween(30.0, 31.0);
			assertThat(pause.get("restoringSeconds")).asInstanceOf(InstanceOfAssertFactories.DOUBLE)
				.isBetween(60.0, 61.0);
		});
		time().advance(Duration.ofSeconds(31));
		assertThat(pauses("bulkhead/supplier")).singleElement().satisfies((pause) -> {
			assertThat(pause).containsEntry("pausedSeconds", 0.0);
			assertThat(pause.get("restoringSeconds")).asInstanceOf(InstanceOfAssertFactories.DOUBLE)
				.isBetween(29.0, 30.0);
		});
		time().advance(Duration.ofSeconds(31));
		assertThat(limiter("bulkhead/supplier")).doesNotContainKey("pauses");
	}

	@Test
	void endpointShowsThePausesOfAllClientsAtTheLimitersThatTheyUseOnly() {
		send("localhost");
		assertThat(pauses("rate-limit/shared")).extracting((pause) -> pause.get("client")).containsExactly("supplier");
		send("127.0.0.1");
		assertThat(pauses("rate-limit/shared")).extracting((pause) -> pause.get("client"))
			.containsExactly("backup", "supplier");
		assertThat(pauses("bulkhead/supplier")).extracting((pause) -> pause.get("client")).containsExactly("supplier");
		assertThat(limiter("rate-limit/supplier")).doesNotContainKey("pauses");
	}

	@Test
	void gaugeIsTheTimeUntilRequestsBeginAgain() {
		assertThat(gauge("supplier").value(TimeUnit.SECONDS)).isZero();
		send("localhost");
		assertThat(gauge("supplier").value(TimeUnit.SECONDS)).isBetween(30.0, 31.0);
		assertThat(gauge("backup").value(TimeUnit.SECONDS)).isZero();
		time().advance(Duration.ofSeconds(10));
		assertThat(gauge("supplier").value(TimeUnit.SECONDS)).isBetween(20.0, 21.0);
		time().advance(Duration.ofSeconds(21));
		assertThat(gauge("supplier").value(TimeUnit.SECONDS)).isZero();
	}

	private static void send(String host) {
		RestClient client = server.context().getBean(RestClient.Builder.class).build();
		assertThatExceptionOfType(HttpClientErrorException.TooManyRequests.class)
			.isThrownBy(() -> client.get().uri("http://" + host + ":" + port() + "/").retrieve().toBodilessEntity());
	}

	private static int port() {
		return remote.getAddress().getPort();
	}

	private static MovableTime time() {
		return server.context().getBean(MovableTime.class);
	}

	private static TimeGauge gauge(String client) {
		return server.context()
			.getBean(MeterRegistry.class)
			.get("penstock.http.client.pause")
			.tag("name", client)
			.timeGauge();
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> pauses(String limiter) {
		return (List<Map<String, Object>>) limiter(limiter).get("pauses");
	}

	private static Map<String, Object> limiter(String limiter) {
		return JsonParserFactory.getJsonParser().parseMap(server.get("/actuator/limiters/" + limiter).body());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		MovableTime time() {
			return new MovableTime();
		}

	}

}
