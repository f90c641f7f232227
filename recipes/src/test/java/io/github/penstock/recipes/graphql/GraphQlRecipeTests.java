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

package io.github.penstock.recipes.graphql;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.recipes.Caller;
import io.github.penstock.test.LimiterAssertions;
import io.github.penstock.test.ResetLimiters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the recipe of GraphQL fields and queries.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.config.name=graphql", "penstock.rate-limits.graphql.limit=100",
				"penstock.rate-limits.graphql.per=1h" })
@ResetLimiters
class GraphQlRecipeTests {

	@Autowired
	private LimiterRegistry limiters;

	private Caller caller;

	@BeforeEach
	void open(@LocalServerPort int port) {
		this.caller = new Caller(port);
	}

	@Test
	void fieldThatIsRefusedIsAnErrorAndTheOthersHaveTheirData() throws InterruptedException {
		ConcurrencyLimiter reviews = this.limiters.concurrencyLimiter("reviews");
		List<Permit> taken = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			taken.add(reviews.acquire(Duration.ZERO));
		}
		JsonNode answer = query("{book(id: 1) {title reviews stock}}", "ann");
		taken.forEach(Permit::close);
		assertThat(answer.at("/data/book").toString())
			.isEqualTo("{\"title\":\"Title 1\",\"reviews\":null,\"stock\":7}");
		assertThat(answer.at("/errors/0/path").toString()).isEqualTo("[\"book\",\"reviews\"]");
		assertThat(answer.at("/errors/0/extensions/classification").asString()).isEqualTo("SERVICE_UNAVAILABLE");
		assertThat(answer.at("/errors/0/extensions/limiter").asString()).isEqualTo("reviews");
		assertThat(answer.at("/errors/0/extensions/retryAfter").asInt()).isPositive();
		assertThat(query("{book(id: 1) {reviews}}", "ann").at("/data/book/reviews").size()).isEqualTo(2);
	}

	@Test
	void fieldTakesAPermitForEachBookAndBatchOneForAll() {
		assertThat(query("{books(first: 3) {reviews stock}}", "ben").at("/data/books").size()).isEqualTo(3);
		LimiterAssertions.assertThat(this.limiters.concurrencyLimiter("reviews")).hasGranted(3);
		LimiterAssertions.assertThat(this.limiters.concurrencyLimiter("stock")).hasGranted(1);
	}

	@Test
	void queryCostsEachCustomerWhatItAsksFor() {
		query("query ($n: Int!) {books(first: $n) {title reviews}}", "cleo", Map.of("n", 30));
		assertThat(this.limiters.rateLimiter("graphql").forKey("cleo").available()).isBetween(39L, 60L);
		JsonNode answer = query("{books(first: 30) {title reviews}}", "cleo");
		assertThat(answer.has("data")).isFalse();
		assertThat(answer.at("/errors/0/message").asString()).startsWith("Too many requests. Try again in ");
		JsonNode extensions = answer.at("/errors/0/extensions");
		assertThat(extensions.path("classification").asString()).isEqualTo("TOO_MANY_REQUESTS");
		assertThat(extensions.path("limiter").asString()).isEqualTo("graphql");
		assertThat(extensions.path("cost").asInt()).isEqualTo(61);
		assertThat(extensions.path("retryAfter").asInt()).isPositive();
		LimiterAssertions.assertThat(this.limiters.concurrencyLimiter("reviews")).hasGranted(30);
		assertThat(query("{book(id: 1) {title}}", "dan").has("errors")).isFalse();
	}

	@Test
	void queryThatCostsMoreThanIsEverThereDoesNotSayWhenToComeAgain() {
		JsonNode error = query("{books(first: 100) {title reviews}}", "eve").at("/errors/0");
		assertThat(error.at("/extensions/classification").asString()).isEqualTo("TOO_MANY_REQUESTS");
		assertThat(error.path("extensions").has("retryAfter")).isFalse();
	}

	private JsonNode query(String query, String apiKey) {
		return query(query, apiKey, Map.of());
	}

	private JsonNode query(String query, String apiKey, Map<String, Object> variables) {
		String body = JsonMapper.shared().writeValueAsString(Map.of("query", query, "variables", variables));
		HttpResponse<String> response = this.caller.send("POST", "/graphql", body, "Content-Type", "application/json",
				"Accept", "application/json", "X-Api-Key", apiKey);
		assertThat(response.statusCode()).isEqualTo(200);
		return JsonMapper.shared().readTree(response.body());
	}

}
