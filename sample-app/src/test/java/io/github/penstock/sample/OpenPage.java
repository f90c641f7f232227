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

package io.github.penstock.sample;

import java.time.Duration;
import java.util.List;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.actuate.LimiterPause;
import io.github.penstock.actuate.LimiterPauses;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The running shop with its page open in a real browser.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "penstock.rate-limits.supplier-api.burst=1000", "penstock.holders.enabled=true" })
@Import(OpenPage.GatedPace.class)
abstract class OpenPage {

	static final String EXPORT = "[id='bulkhead/export']";

	static Chromium browser;

	@Autowired
	LimiterRegistry limiters;

	@Autowired
	Gate gate;

	@LocalServerPort
	int port;

	ConcurrencyLimiter export;

	Shop shop;

	@BeforeAll
	static void start() {
		browser = new Chromium();
	}

	@AfterAll
	static void stop() {
		browser.close();
	}

	@BeforeEach
	void open() {
		this.export = this.limiters.concurrencyLimiter("export");
		this.shop = new Shop(this.port);
		browser.resize(1280, 900);
		browser.prefer("light");
		browser.open("http://localhost:" + this.port + "/");
		browser.find("#page").click();
		browser.awaitText(EXPORT, "of 1 in use");
	}

	@AfterEach
	void everythingIsBack() {
		this.export.reset();
		this.gate.letPass(1000);
		await().untilAsserted(() -> {
			assertThat(this.export.inUse()).isZero();
			assertThat(this.export.waiting()).isZero();
			assertThat(this.export.available()).isEqualTo(1);
		});
		this.gate.reset();
		assertThat(browser.errors()).isEmpty();
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class GatedPace {

		@Bean
		@Primary
		Gate gate() {
			return new Gate();
		}

		/** Whoever names clients may name them so. */
		@Bean
		LimiterPauses pauses() {
			return (limiter) -> (limiter.name().equals("deliveries"))
					? List.of(new LimiterPause("<b>po\u202est</b>", Duration.ofMillis(2100), Duration.ofSeconds(4)),
							new LimiterPause("van", Duration.ZERO, Duration.ofSeconds(5)))
					: List.of();
		}

	}

}
