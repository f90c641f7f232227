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

package io.github.penstock.actuate;

import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PenstockPageEndpoint} over HTTP. What the page does is tested in a
 * browser, with the sample application.
 */
class PenstockPageEndpointTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=penstock,limiters";

	@Test
	void pageWhenNotExposedIs404() {
		try (RunningServer server = RunningServer.mvc(Application.class)) {
			assertThat(server.get("/actuator/penstock").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void pageIsHtmlThatLoadsNothingFromElsewhere() {
		try (RunningServer server = RunningServer.mvc(Application.class, EXPOSED)) {
			HttpResponse<String> page = server.get("/actuator/penstock");
			assertThat(page.statusCode()).isEqualTo(200);
			assertThat(page.headers().firstValue("Content-Type")).hasValueSatisfying(
					(type) -> assertThat(type.replace(" ", "")).isEqualToIgnoringCase("text/html;charset=UTF-8"));
			assertThat(page.body())
				.contains("data-limiters=\"limiters\"", "data-writable=\"false\"", "class=\"shadow\"", "class=\"keys\"")
				.doesNotContain("{{", "https://", " src=");
			assertThat(nonce(page)).isNotEqualTo(nonce(server.get("/actuator/penstock")));
		}
	}

	@Test
	void pageWhenPathsAreMappedFindsTheLimiters() {
		try (RunningServer server = RunningServer.mvc(Application.class, EXPOSED,
				"management.endpoints.web.path-mapping.penstock=pages/limits",
				"management.endpoints.web.path-mapping.limiters=limits",
				"management.endpoint.limiters.access=unrestricted")) {
			HttpResponse<String> page = server.get("/actuator/pages/limits");
			assertThat(page.body()).contains("data-limiters=\"../limits\"", "data-writable=\"true\"");
			assertThat(server.get("/actuator/limits").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void pageIsThereInWebFlux() {
		try (RunningServer server = RunningServer.webFlux(Application.class, EXPOSED)) {
			assertThat(server.get("/actuator/penstock").body()).startsWith("<!DOCTYPE html>");
		}
	}

	private static String nonce(HttpResponse<String> page) {
		Matcher nonce = Pattern.compile("<script nonce=\"([^\"]{20,})\">").matcher(page.body());
		assertThat(nonce.find()).isTrue();
		return nonce.group(1);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
