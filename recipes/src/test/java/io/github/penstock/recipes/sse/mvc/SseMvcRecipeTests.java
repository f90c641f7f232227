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

package io.github.penstock.recipes.sse.mvc;

import java.io.IOException;
import java.time.Duration;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.recipes.sse.EventStream;
import io.github.penstock.test.ResetLimiters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the recipe of event streams in Spring MVC.
 */
@Tag("soak")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.config.name=sse", "prices.heartbeat=1h" })
@ResetLimiters
class SseMvcRecipeTests {

	@Autowired
	private LimiterRegistry limiters;

	@Autowired
	private PriceFeed feed;

	@LocalServerPort
	private int port;

	@AfterEach
	void endStreams() {
		this.feed.end();
		await().until(() -> inUse("ann") == 0 && this.limiters.concurrencyLimiter("streams").inUse() == 0);
	}

	@Test
	void userHasSoManyStreamsUntilTheyEnd() throws IOException {
		EventStream[] streams = { open("ann"), open("ann"), open("ann") };
		assertThat(inUse("ann")).isEqualTo(3);
		assertThat(this.limiters.concurrencyLimiter("streams").inUse()).isEqualTo(3);
		try (EventStream fourth = new EventStream(this.port, "ann"); EventStream other = open("ben")) {
			assertThat(fourth.status()).isEqualTo(503);
			assertThat(inUse("ben")).isOne();
		}
		this.feed.end();
		await().until(() -> inUse("ann") == 0);
		for (EventStream stream : streams) {
			stream.close();
		}
	}

	@Test
	void streamWhoseClientIsGoneEndsWithTheNextThatIsWritten() throws IOException {
		open("ann").close();
		await().during(Duration.ofMillis(300)).until(() -> inUse("ann") == 1);
		await().until(() -> {
			this.feed.sendHeartbeat();
			return inUse("ann") == 0;
		});
	}

	@Test
	void streamThatTimesOutGivesItsPermitBack() throws IOException {
		Object longest = ReflectionTestUtils.getField(this.feed, "longest");
		ReflectionTestUtils.setField(this.feed, "longest", Duration.ofMillis(100));
		try (EventStream stream = open("ann")) {
			assertThat(stream.status()).isEqualTo(200);
			await().until(() -> inUse("ann") == 0);
		}
		finally {
			ReflectionTestUtils.setField(this.feed, "longest", longest);
		}
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
