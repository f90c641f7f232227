package io.github.penstock.sample;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.actuate.LimiterPause;
import io.github.penstock.actuate.LimiterPauses;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The page of the running shop, in a real browser. Skipped where there is none, unless
 * the system property {@code browser.required} is set.
 */
@EnabledIf("io.github.penstock.sample.Chromium#isThere")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "penstock.rate-limits.supplier-api.burst=1000", "penstock.holders.enabled=true" })
class PageTests {

	private static final String EXPORT = "[id='bulkhead/export']";

	private static Chromium browser;

	@Autowired
	private LimiterRegistry limiters;

	@Autowired
	private Gate gate;

	@LocalServerPort
	private int port;

	private ConcurrencyLimiter export;

	private Shop shop;

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

	@Test
	void pageShowsWhatIsFullAndWhoWaits() throws InterruptedException {
		List<CompletableFuture<HttpResponse<String>>> exports = this.shop.get(3, "/stock.csv");
		this.gate.awaitArrivals(1);
		browser.awaitText(EXPORT + " .now", "1 of 1 in use, 2 waiting");
		browser.awaitText(EXPORT + " .badge", "full, with a line");
		browser.awaitText("#state", "1 with a line");
		assertThat(browser.find(EXPORT + " .meter").getAttribute("aria-valuenow")).isEqualTo("1");
		browser.awaitTrue(() -> browser.find(EXPORT + " .chart").getAttribute("aria-label").contains("now 1 of 1"));
		this.gate.letPass(3);
		assertThat(Shop.statuses(exports)).containsOnly(200);
		browser.awaitText(EXPORT + " .now", "0 of 1 in use, 0 waiting");
	}

	@Test
	void pageShowsWhoHoldsAPermitAndForHowLong() throws InterruptedException {
		List<CompletableFuture<HttpResponse<String>>> exports = this.shop.get(1, "/stock.csv");
		this.gate.awaitArrivals(1);
		browser.awaitText(EXPORT + " .holders summary", "Oldest holders, for ");
		browser.find(EXPORT + " .holders summary").click();
		browser.awaitTrue(() -> browser.find(EXPORT + " .holders ol")
			.getAttribute("textContent")
			.matches("\\S+\\.StockExport\\.csv\\S* for \\d.* \\(.+\\)"));
		this.gate.letPass(1);
		assertThat(Shop.statuses(exports)).containsOnly(200);
	}

	@Test
	void slowRateIsShownAsItWasSet() {
		browser.awaitText("[id='rate-limit/supplier-api'] .now", " per second of 30 per 1m, ");
	}

	@Test
	void limitWhenChangedFromThePageLetsThoseInWhoWait() throws InterruptedException {
		List<CompletableFuture<HttpResponse<String>>> exports = this.shop.get(3, "/stock.csv");
		this.gate.awaitArrivals(1);
		browser.awaitText(EXPORT + " .now", "2 waiting");
		browser.find(EXPORT + " .change").click();
		type("max", "3");
		browser.find("#apply").click();
		this.gate.awaitArrivals(2);
		browser.awaitText(EXPORT + " .now", "3 of 3 in use, 0 waiting");
		assertThat(this.export.max()).isEqualTo(3);
		browser.awaitTrue(() -> browser.find(EXPORT + " .undo").isDisplayed());
		browser.find(EXPORT + " .undo").click();
		browser.awaitText(EXPORT + " .now", "3 of 1 in use");
		assertThat(this.export.max()).isEqualTo(1);
		this.gate.letPass(3);
		assertThat(Shop.statuses(exports)).containsOnly(200);
	}

	@Test
	void limitWhenChangedOverHttpLetsThoseInWhoWaitAndThePageShowsIt() throws InterruptedException {
		List<CompletableFuture<HttpResponse<String>>> exports = this.shop.get(3, "/stock.csv");
		this.gate.awaitArrivals(1);
		browser.awaitText(EXPORT + " .now", "2 waiting");
		HttpResponse<String> changed = this.shop.post("/actuator/limiters/bulkhead/export", "{\"max\": 3}");
		assertThat(changed.statusCode()).isEqualTo(200);
		this.gate.awaitArrivals(2);
		browser.awaitText(EXPORT + " .now", "3 of 3 in use, 0 waiting");
		this.gate.letPass(3);
		assertThat(Shop.statuses(exports)).containsOnly(200);
	}

	@Test
	void badValueIsRefusedWithTheReasonAndNothingChanges() {
		browser.find(EXPORT + " .change").click();
		type("max", "many");
		browser.find("#apply").click();
		browser.awaitText("#problem", "many");
		assertThat(browser.find("#editor").isDisplayed()).isTrue();
		assertThat(this.export.max()).isEqualTo(1);
		browser.find("#cancel").click();
		assertThat(browser.find("#editor").isDisplayed()).isFalse();
		// The browser itself reports an answer of 400.
		assertThat(browser.errors()).allSatisfy((error) -> assertThat(error).contains("400"));
	}

	@Test
	void pageWorksWithTheKeyboardAlone() {
		browser.run("document.querySelector(\"" + EXPORT + " .change\").focus()");
		browser.active().sendKeys(Keys.ENTER);
		WebElement first = browser.active();
		assertThat(first.getAttribute("name")).isEqualTo("max");
		first.sendKeys(Keys.chord(Keys.CONTROL, "a"), "2", Keys.ENTER);
		browser.awaitText(EXPORT + " .now", "0 of 2 in use");
		assertThat(browser.active().getText()).isEqualTo("Change…");
		browser.active().sendKeys(Keys.ENTER);
		browser.active().sendKeys(Keys.ESCAPE);
		browser.awaitTrue(() -> !browser.find("#editor").isDisplayed());
		assertThat(this.export.max()).isEqualTo(2);
	}

	@Test
	void pageFitsAPhone() {
		browser.resize(360, 740);
		assertThat(browser.run("return document.documentElement.clientWidth")).isEqualTo(widthOfContent());
		browser.find(EXPORT + " .change").click();
		assertThat(browser.run("return document.documentElement.clientWidth")).isEqualTo(widthOfContent());
		assertThat(browser.run("const box = document.getElementById('editor').getBoundingClientRect();"
				+ " return box.left >= 0 && box.right <= document.documentElement.clientWidth"))
			.isEqualTo(true);
		browser.screenshot(Path.of("target/phone.png"));
		browser.find("#cancel").click();
	}

	@Test
	void pageFollowsThePreferredColours() {
		Object light = browser.run("return getComputedStyle(document.body).backgroundColor");
		browser.prefer("dark");
		Object dark = browser.run("return getComputedStyle(document.body).backgroundColor");
		assertThat(light).isEqualTo("rgb(246, 247, 248)");
		assertThat(dark).isEqualTo("rgb(20, 24, 28)");
	}

	@Test
	void filterShowsWhatIsLookedFor() {
		browser.find("#filter").sendKeys("suppl");
		assertThat(browser.find("[id='bulkhead/supplier']").isDisplayed()).isTrue();
		assertThat(browser.find(EXPORT).isDisplayed()).isFalse();
	}

	@Test
	void pageShowsWhoPausesAsText() {
		String pauses = "[id='bulkhead/deliveries'] .pauses";
		browser.awaitText(pauses, "client <b>post</b>: its server said stop, for 2.1 s more");
		browser.awaitText(pauses, "; client van: back to its old pace in 5 s");
		assertThat(browser.find(EXPORT + " .pauses").isDisplayed()).isFalse();
	}

	private static Object widthOfContent() {
		return browser.run("return document.documentElement.scrollWidth");
	}

	private static void type(String field, String value) {
		WebElement input = browser.find("#fields input[name=" + field + "]");
		input.clear();
		input.sendKeys(value);
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
					? List.of(new LimiterPause("<b>post</b>", Duration.ofMillis(2100), Duration.ofSeconds(4)),
							new LimiterPause("van", Duration.ZERO, Duration.ofSeconds(5)))
					: List.of();
		}

	}

}
