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

package io.github.penstock.micrometer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.redis.RedisServers;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what Prometheus gets of an application, and what the dashboard asks it for.
 */
class PrometheusTests {

	private static final Path DASHBOARD = Path.of("..", "docs", "grafana-dashboard.json");

	private static final Pattern EXPRESSION = Pattern.compile("\"(?:expr|query)\": \"((?:[^\"\\\\]|\\\\.)*)\"");

	private static final Pattern METRIC = Pattern.compile("penstock_\\w+");

	private static final Pattern SELECTOR = Pattern.compile("(penstock_\\w+)\\{([^}]*)}");

	private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"");

	private static final Pattern BY = Pattern.compile("by \\(([^)]*)\\)");

	private static final Pattern SAMPLE = Pattern.compile("^(penstock_\\w+)\\{([^}]*)} ");

	@Test
	void dashboardAsksForWhatThereIs() throws Exception {
		String dashboard = Files.readString(DASHBOARD);
		assertThat(JsonParserFactory.getJsonParser().parseMap(dashboard)).containsKeys("title", "panels");
		Map<String, Set<String>> scraped = samples(
				scrape("management.metrics.tags.application=shop", "spring.application.name=shop",
						"penstock.bulkheads.inventory.shared=true", "penstock.rate-limits.api.shared=true",
						"penstock.http-clients.bank.hosts=bank.example", "penstock.http-clients.bank.max=2"));
		Set<String> asked = new TreeSet<>();
		for (Matcher expression = EXPRESSION.matcher(dashboard); expression.find();) {
			String query = expression.group(1).replace("\\\"", "\"");
			for (Matcher metric = METRIC.matcher(query); metric.find();) {
				asked.add(metric.group());
				assertThat(scraped).as(query).containsKey(metric.group());
				assertLabels(query, scraped.get(metric.group()));
			}
			for (Matcher selector = SELECTOR.matcher(query); selector.find();) {
				for (Matcher label = LABEL.matcher(selector.group(2)); label.find();) {
					assertThat(scraped.get(selector.group(1))).as(query).contains(label.group(1));
				}
			}
		}
		assertThat(asked).hasSizeGreaterThan(25);
	}

	private static void assertLabels(String query, Set<String> labels) {
		for (Matcher by = BY.matcher(query); by.find();) {
			assertThat(labels).as(query).contains(by.group(1).split(",\\s*"));
		}
	}

	@Test
	void percentilesOfWaitsAreConfiguredAsForAnyTimer() throws Exception {
		assertThat(scrape("management.metrics.distribution.percentiles.penstock.bulkhead.wait=0.5,0.95"))
			.containsPattern("penstock_bulkhead_wait_seconds\\{name=\"inventory\",quantile=\"0.95\"} ")
			.doesNotContain("penstock_ratelimit_wait_seconds{name=\"api\",quantile");
	}

	private static String scrape(String... properties) throws InterruptedException {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of("penstock.holders.enabled=true", "penstock.bulkheads.inventory.max=2",
				"penstock.rate-limits.api.rps=5", "management.endpoints.web.exposure.include=prometheus"));
		try (RunningServer server = RunningServer.mvc(Application.class, all.toArray(String[]::new))) {
			try (Permit permit = server.context()
				.getBean(LimiterRegistry.class)
				.concurrencyLimiter("inventory")
				.acquire()) {
				return server.get("/actuator/prometheus").body();
			}
		}
	}

	/** The labels of each metric. */
	private static Map<String, Set<String>> samples(String scraped) {
		Map<String, Set<String>> samples = new TreeMap<>();
		for (String line : scraped.split("\n")) {
			Matcher sample = SAMPLE.matcher(line);
			if (sample.find()) {
				Set<String> labels = samples.computeIfAbsent(sample.group(1), (name) -> new HashSet<>());
				for (Matcher label = LABEL.matcher(sample.group(2)); label.find();) {
					labels.add(label.group(1));
				}
			}
		}
		return samples;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		DataRedisConnectionDetails redis() {
			return new DataRedisConnectionDetails() {

				@Override
				public Standalone getStandalone() {
					return Standalone.of("localhost", RedisServers.sharedPort());
				}

			};
		}

	}

}
