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

	@Test
	void pageWhenCustomersComeShowsThemWithinSeconds(@LocalServerPort int port) {
		try (Chromium browser = new Chromium()) {
			browser.resize(1280, 860);
			browser.open("http://localhost:" + port + "/");
			browser.find("#load button").click();
			browser.awaitText("#answer", "Customers come for 60 seconds.");
			browser.find("#page").click();
			browser.awaitTrue(() -> drawn(browser) >= 12);
			browser.awaitText("[id='bulkhead/supplier'] .now", "of 3 in use");
			assertThat(browser.find("[id='rate-limit/supplier-api'] .facts").getText()).contains("refused");
			browser.screenshot(Path.of(System.getProperty("page.screenshot", "target/page.png")));
			assertThat(browser.errors()).isEmpty();
		}
	}

	private static int drawn(Chromium browser) {
		Object label = browser
			.run("return document.querySelector(\"[id='bulkhead/supplier'] .chart\")?.getAttribute('aria-label')");
		String seconds = String.valueOf(label).replaceAll("The last (\\d+) seconds.*", "$1");
		return seconds.matches("\\d+") ? Integer.parseInt(seconds) : 0;
	}

}
