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

package io.github.penstock.recipes.sse.webflux;

import java.io.IOException;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.recipes.sse.EventStream;
import io.github.penstock.test.ResetLimiters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the recipe of event streams in WebFlux.
 */
@Tag("soak")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.config.name=sse", "spring.main.web-application-type=reactive" })
@ResetLimiters
class SseWebFluxRecipeTests {

	@Autowired
	private LimiterRegistry limiters;

	@LocalServerPort
	private int port;

	@Test
	void streamHoldsItsPermitUntilItsClientIsGoneThoughNothingIsWritten() throws IOException {
		try (EventStream first = open("ann"); EventStream second = open("ann"); EventStream third = open("ann")) {
			assertThat(inUse("ann")).isEqualTo(3);
			assertThat(this.limiters.concurrencyLimiter("streams").inUse()).isEqualTo(3);
			try (EventStream fourth = new EventStream(this.port, "ann"); EventStream other = open("ben")) {
				assertThat(fourth.status()).isEqualTo(503);
				assertThat(inUse("ben")).isOne();
			}
			first.close();
			await().until(() -> inUse("ann") == 2);
		}
		await().until(() -> inUse("ann") == 0 && inUse("ben") == 0);
		await().until(() -> this.limiters.concurrencyLimiter("streams").inUse() == 0);
	}

	private EventStream open(String user) throws IOException {
		EventStream stream = new EventStream(this.port, user);
		assertThat(stream.status()).isEqualTo(200);
		return stream;
	}

	private int inUse(String user) {
		return this.limiters.concurrencyLimiter("price-streams").forKey(user).inUse();
	}

}
