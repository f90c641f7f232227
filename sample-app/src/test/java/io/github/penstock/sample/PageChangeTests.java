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
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.penstock.RateLimiter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is done on the page of the running shop, and how it looks, in a real browser.
 * Skipped where there is none, unless the system property {@code browser.required} is
 * set.
 */
@EnabledIf("io.github.penstock.sample.Chromium#isThere")
class PageChangeTests extends OpenPage {

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
	void changeHoldsForAsLongAsIsChosen() {
		browser.find(EXPORT + " .change").click();
		assertThat(browser.run("return [...document.querySelectorAll('#for input')].map((one) => one.value).join()"))
			.isEqualTo("10m,1h,");
		assertThat(browser.find("#for input[value='']").isSelected()).isTrue();
		type("max", "3");
		browser.find("#for input[value='10m']").click();
		browser.find("#apply").click();
		browser.awaitText(EXPORT + " .now", "0 of 3 in use");
		assertThat(this.shop.get("/actuator/limiters/bulkhead/export").body()).contains("\"until\":");
		browser.find(EXPORT + " .change").click();
		assertThat(browser.find("#for input[value='']").isSelected()).isTrue();
		type("max", "4");
		browser.find("#apply").click();
		browser.awaitText(EXPORT + " .now", "0 of 4 in use");
		assertThat(this.shop.get("/actuator/limiters/bulkhead/export").body()).doesNotContain("\"until\":");
	}

	@Test
	void rateIsChangedByLimitAndPeriod() {
		RateLimiter visitors = this.limiters.rateLimiter("bank-visitors");
		browser.find("[id='rate-limit/bank-visitors'] .change").click();
		type("limit", "20");
		type("per", "1m");
		browser.find("#apply").click();
		browser.awaitText("[id='rate-limit/bank-visitors'] .now", "of 20 per 1m");
		assertThat(visitors.spec().rate()).isEqualTo("20 per 1m");
		visitors.reset();
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void textIsReadable(String scheme) {
		browser.prefer(scheme);
		this.limiters.concurrencyLimiter("inventory").change((spec) -> spec.withEnforce(0));
		browser.awaitText("[id='bulkhead/inventory'] .shadow", "Shadow mode: nobody is refused");
		// As WCAG 2 has it for text of any size.
		Object faint = browser
			.run("const light = (colour) => { const part = colour.match(/[\\d.]+/g).slice(0, 3).map((one) => one / 255)"
					+ ".map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);"
					+ " return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2]; };"
					+ " const behind = (node) => { const colour = getComputedStyle(node).backgroundColor;"
					+ " return colour === 'rgba(0, 0, 0, 0)' ? behind(node.parentElement) : colour; };"
					+ " return [...document.querySelectorAll('#state, label, h2, .kind, .badge, .now, .shadow, .scale span,"
					+ " .axis span, .reading span, dt, dd, summary, button')].filter((node) => node.offsetParent).filter((node) => {"
					+ " const [one, other] = [light(getComputedStyle(node).color), light(behind(node))].sort((a, b) => b - a);"
					+ " return (one + 0.05) / (other + 0.05) < 4.5; }).map((node) => node.outerHTML).join()");
		assertThat(faint).isEqualTo("");
		this.limiters.concurrencyLimiter("inventory").reset();
	}

	private static Object widthOfContent() {
		return browser.run("return document.documentElement.scrollWidth");
	}

	private static void type(String field, String value) {
		WebElement input = browser.find("#fields input[name=" + field + "]");
		input.clear();
		input.sendKeys(value);
	}

}
