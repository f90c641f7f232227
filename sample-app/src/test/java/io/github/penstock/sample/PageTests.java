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

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.openqa.selenium.Keys;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the page of the running shop shows, in a real browser. Skipped where there is
 * none, unless the system property {@code browser.required} is set.
 */
@EnabledIf("io.github.penstock.sample.Chromium#isThere")
class PageTests extends OpenPage {

	@Test
	void pageShowsWhatIsFullAndWhoWaits() throws InterruptedException {
		List<CompletableFuture<HttpResponse<String>>> exports = this.shop.get(3, "/stock.csv");
		this.gate.awaitArrivals(1);
		browser.awaitText(EXPORT + " .now", "1 of 1 in use, 2 waiting");
		browser.awaitText(EXPORT + " .badge", "full, with a line");
		browser.awaitText("#state", "1 with a line");
		assertThat(browser.find(EXPORT + " .meter").getAttribute("aria-valuenow")).isEqualTo("1");
		browser.awaitTrue(() -> said().matches("now: .* 1 in use \\(mean\\) peak 1 limit 1 2 waiting 0 refused/s"));
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
	void filterShowsWhatIsLookedFor() {
		browser.find("#filter").sendKeys("suppl");
		assertThat(browser.find("[id='bulkhead/supplier']").isDisplayed()).isTrue();
		assertThat(browser.find(EXPORT).isDisplayed()).isFalse();
	}

	@Test
	void pageShowsWhoPausesAsText() {
		String pauses = "[id='bulkhead/deliveries'] .pauses";
		browser.awaitText(pauses, "client <b>po\\u{202e}st</b>: its server said stop, for 2.1 s more");
		browser.awaitText(pauses, "; client van: back to its old pace in 5 s");
		assertThat(browser.find(EXPORT + " .pauses").isDisplayed()).isFalse();
	}

	@Test
	void historyIsThereWhenThePageIsOpened() {
		browser.awaitTrue(() -> points() >= 3);
		int before = points();
		browser.open("http://localhost:" + this.port + "/actuator/penstock");
		browser.awaitTrue(() -> points() > 0);
		assertThat(points()).isGreaterThanOrEqualTo(before);
	}

	@Test
	@Tag("soak")
	void chartTellsTheValueUnderThePointer() throws InterruptedException {
		// So that the first intervals have nothing in them.
		browser.awaitTrue(() -> points() >= 3);
		List<CompletableFuture<HttpResponse<String>>> exports = this.shop.get(1, "/stock.csv");
		this.gate.awaitArrivals(1);
		browser.awaitTrue(() -> said().contains(" 1 in use (mean) peak 1 "));
		int edge = browser.find(EXPORT + " .chart").getSize().getWidth() / 2 - 2;
		// A few intervals before the last one.
		browser.awaitTrue(() -> {
			browser.point(EXPORT + " .chart", edge);
			return said().contains(" s ago: ") && said().contains(" 1 in use (mean) peak 1 ");
		});
		assertThat(browser.find(EXPORT + " .cursor").isDisplayed()).isTrue();
		assertThat(browser.find(EXPORT + " .reading").getText()).contains("1 in use (mean)", "peak 1", "0 refused/s");
		// Nothing is known of the time before the shop, so that it is the first interval.
		browser.point(EXPORT + " .chart", 0);
		assertThat(browser.find(EXPORT + " .reading").getText()).contains("0 in use (mean)", "peak 0", "limit 1");
		assertThat(browser.find(EXPORT + " .chart").getAttribute("aria-valuenow")).isEqualTo("0");
		browser.point("h1", 0);
		assertThat(browser.find(EXPORT + " .cursor").isDisplayed()).isFalse();
		this.gate.letPass(1);
		assertThat(Shop.statuses(exports)).containsOnly(200);
	}

	@Test
	@Tag("soak")
	void chartTellsTheValueUnderTheArrowKeys() throws InterruptedException {
		// So that the first intervals have nothing in them.
		browser.awaitTrue(() -> points() >= 3);
		List<CompletableFuture<HttpResponse<String>>> exports = this.shop.get(1, "/stock.csv");
		this.gate.awaitArrivals(1);
		browser.awaitTrue(() -> said().contains(" 1 in use (mean) peak 1 "));
		browser.run("document.querySelector(\"" + EXPORT + " .chart\").focus()");
		browser.active().sendKeys(Keys.HOME);
		assertThat(said()).contains(" ago: ").contains(" 0 in use (mean) peak 0 limit 1");
		browser.active().sendKeys(Keys.ARROW_RIGHT);
		assertThat(browser.find(EXPORT + " .chart").getAttribute("aria-valuenow")).isEqualTo("1");
		browser.active().sendKeys(Keys.END);
		assertThat(said()).contains(" 1 in use (mean) peak 1 ");
		browser.active().sendKeys(Keys.ARROW_LEFT);
		assertThat(said()).contains(" s ago: ");
		assertThat(browser.find(EXPORT + " .cursor").isDisplayed()).isTrue();
		browser.active().sendKeys(Keys.ESCAPE);
		assertThat(browser.find(EXPORT + " .cursor").isDisplayed()).isFalse();
		this.gate.letPass(1);
		assertThat(Shop.statuses(exports)).containsOnly(200);
	}

	@Test
	void whoIsInTroubleStandsFirstThenByName() throws InterruptedException {
		List<CompletableFuture<HttpResponse<String>>> exports = this.shop.get(2, "/stock.csv");
		List<CompletableFuture<HttpResponse<String>>> quotes = this.shop.get(5, "/items/bolt-m8/quote");
		this.gate.awaitArrivals(4);
		// That refuses, that has a line, that has a client that pauses, and all others.
		browser.awaitTrue(() -> orderWithout("rate-limit/partners").equals(List.of("bulkhead/supplier",
				"bulkhead/export", "bulkhead/deliveries", "bulkhead/bank", "rate-limit/bank-visitors",
				"bulkhead/dataSource", "bulkhead/inventory", "rate-limit/supplier-api", "rate-limit/visitors")));
		browser.find("#busy").click();
		assertThat(browser.find("[id='bulkhead/supplier']").isDisplayed()).isTrue();
		assertThat(browser.find("[id='bulkhead/bank']").isDisplayed()).isFalse();
		this.gate.letPass(5);
		assertThat(Shop.statuses(exports)).containsOnly(200);
		assertThat(Shop.statuses(quotes)).containsOnly(200, 503);
	}

	@Test
	void pageShowsKeysAndWhichStandOut() {
		String partners = "[id='rate-limit/partners']";
		RateLimiter all = this.limiters.rateLimiter("partners");
		// A key whose bucket is full again would be forgotten.
		all.change((spec) -> RateLimiterSpec.of(1, Duration.ofHours(1)).withBurst(5L).withTimeout(Duration.ZERO));
		RateLimiter partner = all.forKey("confidential");
		for (int call = 0; call < 6; call++) {
			assertThat(partner.tryAcquire()).isEqualTo(call < 5);
		}
		browser.awaitText(partners + " .keys summary", "Keys: 1 of at most 100,000");
		browser.awaitText(partners + " .now", "the limit is that of each of its keys, 1 now");
		// What all keys together do has no limit to be drawn beside it.
		browser.awaitTrue(() -> browser.find(partners + " .reading")
			.getText()
			.replace('\n', ' ')
			.matches("[\\d:]+ \\S+ let in/s 0 waiting \\S+ refused/s"));
		browser.find(partners + " .keys summary").click();
		browser.awaitText(partners + " .busiest", "5 1 0");
		browser.awaitText(partners + " .refusedmost", "most refused");
		assertThat(browser.find(partners + " .keys").getText()).doesNotContain("confidential");
		all.reset();
	}

	/** As the endpoint tells it of limiters that a store lends, and of plans. */
	@Test
	void pageShowsSharedLimitsOutagesAndPlans() {
		browser
			.run("const ask = window.fetch; window.lent = { instances: 3, inUse: 1, degraded: false, onOutage: 'local-share' };"
					+ " window.fetch = async (...call) => { const answer = await ask(...call); const json = await answer.json();"
					+ " for (const one of json.limiters || []) { if (one.name === 'export' && one.configuration) {"
					+ " one.shared = window.lent; one.version = 'planned'; one.configuration.plans = { value: 'gold: 5', source: 'yaml' }; } }"
					+ " return { ok: answer.ok, status: answer.status, json: async () => json }; };");
		browser.awaitText(EXPORT + " .shared", "Shared by 3 instances: 1 of 1 in use over all");
		browser.find(EXPORT + " .values summary").click();
		browser.awaitText(EXPORT + " .values", "gold: 5");
		browser.run("window.lent.degraded = true");
		browser.awaitText(EXPORT + " .shared", "The store of 3 instances does not answer: each keeps to its share");
		browser.awaitText(EXPORT + " .badge", "store does not answer");
		browser.awaitText("#state", "1 without their store");
		browser.find("#filter").click();
		browser.awaitTrue(() -> order().get(0).equals("bulkhead/export"));
	}

	@Test
	@Tag("soak")
	void orderStaysWhileTheKeyboardIsThere() {
		browser.run("document.querySelector(\"" + EXPORT + " .chart\").focus()");
		browser.active().sendKeys(Keys.HOME);
		browser.run("window.moved = 0; new MutationObserver((all) => window.moved += all.length)"
				+ ".observe(document.getElementById('cards'), { childList: true });"
				+ " document.getElementById('cards').append(document.getElementById('bulkhead/supplier'));"
				+ " window.reads = 0; new MutationObserver(() => window.reads++).observe("
				+ "document.getElementById('bulkhead/export'), { subtree: true, childList: true });");
		browser.awaitTrue(() -> (Long) browser.run("return window.reads") > 2);
		assertThat(order()).last().isEqualTo("bulkhead/supplier");
		assertThat(browser.active().getAttribute("class")).isEqualTo("chart");
		browser.active().sendKeys(Keys.ESCAPE);
		browser.awaitTrue(() -> !order().get(order().size() - 1).equals("bulkhead/supplier"));
	}

	/** What a screen reader says of the chart. */
	private static String said() {
		return String.valueOf(browser.find(EXPORT + " .chart").getAttribute("aria-valuetext"));
	}

	private static int points() {
		String most = browser.find(EXPORT + " .chart").getAttribute("aria-valuemax");
		return (most != null) ? Integer.parseInt(most) + 1 : 0;
	}

	/** Others may have had it refuse. */
	private static List<String> orderWithout(String id) {
		return order().stream().filter((one) -> !one.equals(id)).toList();
	}

	@SuppressWarnings("unchecked")
	private static List<String> order() {
		return (List<String>) browser.run("return [...document.querySelectorAll('.card')].map((card) => card.id)");
	}

}
