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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page while customers come, at the pace that the shop really has. The picture goes
 * where the system property {@code page.screenshot} says.
 */
@EnabledIf("io.github.penstock.sample.Chromium#isThere")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "server.shutdown=immediate")
class PageScreenshotTests {

	private static final String PICTURE = System.getProperty("page.screenshot");

	@Test
	void pageWhenCustomersComeShowsThemWithinSeconds(@LocalServerPort int port) {
		try (Chromium browser = new Chromium()) {
			browser.resize(1280, 860);
			browser.open("http://localhost:" + port + "/");
			if (PICTURE != null) {
				new Shop(port).post("/load?seconds=600", "");
			}
			browser.find("#load button").click();
			browser.awaitText("#answer",
					(PICTURE != null) ? "Customers are coming already." : "Customers come for 60 seconds.");
			browser.find("#page").click();
			browser.awaitTrue(() -> drawn(browser) >= 2);
			// For a picture there may be more to see.
			for (int intervals = 14; PICTURE != null && intervals <= 200; intervals += 10) {
				int enough = intervals;
				browser.awaitTrue(() -> drawn(browser) >= enough);
			}
			browser.awaitText("[id='bulkhead/supplier'] .now", "of 3 in use");
			browser.awaitText("[id='rate-limit/supplier-api'] .badge", "refus");
			browser.screenshot(Path.of((PICTURE != null) ? PICTURE : "target/page.png"));
			assertThat(browser.errors()).isEmpty();
		}
	}

	/** How many intervals the chart has. */
	private static int drawn(Chromium browser) {
		Object last = browser
			.run("return document.querySelector(\"[id='bulkhead/supplier'] .chart\")?.getAttribute('aria-valuemax')");
		return (last != null) ? Integer.parseInt(String.valueOf(last)) + 1 : 0;
	}

}
