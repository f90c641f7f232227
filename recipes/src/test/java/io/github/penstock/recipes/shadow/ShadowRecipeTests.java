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

package io.github.penstock.recipes.shadow;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.IntStream;

import io.github.penstock.test.MovableTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the recipe of rolling a limit out: they do what it says, over HTTP.
 */
@Tag("soak")
class ShadowRecipeTests {

	private static final Duration SOON = Duration.ofSeconds(60);

	private static final String LIMITER = "/actuator/limiters/rate-limit/quotes";

	private final HttpClient client = HttpClient.newHttpClient();

	private final MovableTime time = new MovableTime();

	private ConfigurableApplicationContext context;

	@BeforeEach
	void start() {
		start("");
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	@Test
	void limitIsRolledOutStepByStep() throws Exception {
		// 1. It refuses nobody, and counts.
		assertThat(refusedOf(60)).isZero();
		assertThat(limiter("granted")).isEqualTo(20);
		assertThat(limiter("wouldRefuse")).isEqualTo(40);
		assertThat(limiter("enforce")).isZero();
		assertThat(meter("would-refuse")).isEqualTo(40);
		// 2. It is higher now, and what comes on an ordinary day fits.
		assertThat(change("{\"limit\": 60, \"burst\": \"default\"}").statusCode()).isEqualTo(200);
		this.time.advance(Duration.ofMinutes(1));
		assertThat(refusedOf(60)).isZero();
		assertThat(meter("would-refuse")).isEqualTo(40);
		// 3. A quarter of what is beyond, for an hour.
		assertThat(change("{\"enforce\": \"25%\", \"for\": \"1h\"}").statusCode()).isEqualTo(200);
		assertThat(refusedOf(40)).isEqualTo(10);
		assertThat(meter("would-refuse")).isEqualTo(70);
		assertThat(limiter("refused", "total")).isEqualTo(10);
		this.time.advance(Duration.ofHours(1));
		await().atMost(SOON).until(() -> limiter("enforce") == 0);
		// 4. All.
		assertThat(change("{\"enforce\": \"100%\"}").statusCode()).isEqualTo(200);
		assertThat(refusedOf(80)).isEqualTo(20);
		HttpResponse<String> refused = get("/quote");
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
		// The way back.
		assertThat(change("{\"enforce\": \"0%\"}").statusCode()).isEqualTo(200);
		assertThat(get("/quote").statusCode()).isEqualTo(200);
	}

	@Test
	void changeEndsWithTheApplication() throws Exception {
		change("{\"enforce\": \"100%\"}");
		stop();
		start("--penstock.rate-limits.quotes.limit=60");
		assertThat(limiter("enforce")).isZero();
		stop();
		start("--penstock.rate-limits.quotes.enforce=100%");
		assertThat(refusedOf(30)).isEqualTo(10);
	}

	private void start(String option) {
		this.context = new SpringApplicationBuilder(ShadowApplication.class)
			.initializers(
					(context) -> ((GenericApplicationContext) context).registerBean(MovableTime.class, () -> this.time))
			.properties("spring.config.name=shadow", "server.port=0")
			.run(option);
	}

	/** How many of so many requests are refused. */
	private int refusedOf(int requests) {
		return (int) IntStream.range(0, requests).filter((request) -> get("/quote").statusCode() == 429).count();
	}

	/** What the endpoint says. */
	private int limiter(String... path) {
		JsonNode node = JsonMapper.shared().readTree(get(LIMITER).body());
		for (String member : path) {
			node = node.path(member);
		}
		return node.asInt();
	}

	private int meter(String outcome) {
		return JsonMapper.shared()
			.readTree(get("/actuator/metrics/penstock.ratelimit.calls?tag=name:quotes&tag=outcome:" + outcome).body())
			.path("measurements")
			.path(0)
			.path("value")
			.asInt();
	}

	private HttpResponse<String> change(String body) {
		return send(request(LIMITER).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
	}

	private HttpResponse<String> get(String path) {
		return send(request(path));
	}

	private HttpRequest.Builder request(String path) {
		String port = this.context.getEnvironment().getRequiredProperty("local.server.port");
		return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
	}

	private HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return this.client.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
