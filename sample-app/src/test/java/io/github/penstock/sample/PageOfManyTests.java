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

import java.nio.file.Path;
import java.util.List;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.openqa.selenium.Keys;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page when there are too many limiters for a card each.
 */
@EnabledIf("io.github.penstock.sample.Chromium#isThere")
@Tag("soak")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.shutdown=immediate", "spring.application.name=many" })
class PageOfManyTests {

	@Autowired
	private LimiterRegistry limiters;

	@Test
	void limitersFromADozenOnAreATable(@LocalServerPort int port) {
		add(1, 1);
		try (Chromium browser = new Chromium()) {
			browser.open("http://localhost:" + port + "/actuator/penstock");
			browser.awaitText("#state", "11 limiters");
			assertThat(browser.find("#cards").isDisplayed()).isTrue();
			assertThat(browser.find("#table").isDisplayed()).isFalse();
			add(2, 2);
			browser.open("http://localhost:" + port + "/actuator/penstock");
			browser.awaitText("#state", "12 limiters");
			assertThat(browser.find("#table").isDisplayed()).isTrue();
			add(3, 190);
			ConcurrencyLimiter refusing = this.limiters.concurrencyLimiter("many-77");
			refusing.change((spec) -> spec.withMax(0));
			browser.awaitText("#state", "200 limiters, 0 with a line, 0 refusing");
			browser.awaitTrue(() -> {
				// Shown for a moment only, whenever the page looks next.
				assertThat(refusing.tryAcquire()).isNull();
				return browser.find("#state").getText().contains("200 limiters, 0 with a line, 1 refusing");
			});
			browser.awaitTrue(() -> {
				refusing.tryAcquire();
				return rows(browser).get(0).equals("many-77");
			});
			assertThat(rows(browser)).startsWith("many-77", "bank", "bank-visitors").hasSize(200);
			browser.awaitTrue(() -> {
				refusing.tryAcquire();
				return browser.find("[data-key='bulkhead/many-77'] td.state").getText().contains("closed, refus");
			});
			assertThat(browser.find("[data-key='bulkhead/many-77'] td.refusals").getText()).isNotEqualTo("…");

			browser.run("document.querySelector('.open').focus()");
			browser.active().sendKeys(Keys.ENTER);
			assertThat(browser.active().getAttribute("aria-expanded")).isEqualTo("true");
			browser.awaitText("[id='bulkhead/many-77'] .now", "0 of 0 in use");
			assertThat(browser.find("[id='bulkhead/many-77'] .chart").isDisplayed()).isTrue();
			browser.screenshot(Path.of("target/many.png"));

			browser.find("#filter").sendKeys("many-18");
			assertThat(
					browser.run("return [...document.querySelectorAll('.entry')].filter((row) => !row.hidden).length"))
				.isEqualTo(11L);
			browser.resize(360, 740);
			assertThat(browser.run("return document.documentElement.scrollWidth"))
				.isEqualTo(browser.run("return document.documentElement.clientWidth"));
			browser.find("#view").click();
			assertThat(browser.find("#table").isDisplayed()).isFalse();
			assertThat(browser.find("[id='bulkhead/many-18'] .chart").isDisplayed()).isTrue();
			assertThat(browser.errors()).isEmpty();
		}
	}

	private void add(int first, int last) {
		for (int i = first; i <= last; i++) {
			this.limiters.register("many-" + i, ConcurrencyLimiterSpec.of(i));
		}
	}

	@SuppressWarnings("unchecked")
	private static List<String> rows(Chromium browser) {
		return (List<String>) browser
			.run("return [...document.querySelectorAll('.open')].map((one) => one.textContent)");
	}

}
