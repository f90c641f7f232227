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

import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

import javax.management.MBeanException;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LimitersEndpoint} over JMX, and over HTTP in Spring WebFlux.
 */
class LimitersEndpointTests {

	private static final String[] PROPERTIES = { "penstock.bulkheads.inventory.max=20",
			"management.endpoint.limiters.access=unrestricted" };

	@Test
	void jmxShowsAndChangesLimiters() throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties(PROPERTIES)
			.properties("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=limiters",
					"management.endpoints.jmx.domain=penstock.test", "spring.main.banner-mode=off",
					"spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
			.run()) {
			MBeanServer server = ManagementFactory.getPlatformMBeanServer();
			ObjectName name = server.queryNames(new ObjectName("penstock.test:name=Limiters,*"), null)
				.iterator()
				.next();
			assertThat(invoke(server, name, "limiters", Map.of())).asString().contains("inventory");
			Map<String, String> limiter = Map.of("limiterKind", "bulkhead", "limiterName", "inventory");
			assertThat(invoke(server, name, "limiter", limiter)).asString().contains("inUse=0");
			Map<String, String> change = Map.of("limiterKind", "bulkhead", "limiterName", "inventory", "max", "5",
					"duration", "10m");
			assertThat(invoke(server, name, "change", change)).asString().contains("limit=5");
			LimiterRegistry registry = context.getBean(LimiterRegistry.class);
			assertThat(registry.concurrencyLimiter("inventory").max()).isEqualTo(5);
			Map<String, String> wrong = Map.of("limiterKind", "bulkhead", "limiterName", "inventory", "max", "-5");
			assertThatExceptionOfType(MBeanException.class).isThrownBy(() -> invoke(server, name, "change", wrong))
				.havingCause()
				.withMessageContaining("Invalid max '-5'");
			invoke(server, name, "reset", limiter);
			assertThat(registry.concurrencyLimiter("inventory").max()).isEqualTo(20);
		}
	}

	private static Object invoke(MBeanServer server, ObjectName name, String operation, Map<String, String> arguments)
			throws Exception {
		for (MBeanOperationInfo info : server.getMBeanInfo(name).getOperations()) {
			if (info.getName().equals(operation) && info.getSignature().length >= arguments.size()) {
				Object[] values = new Object[info.getSignature().length];
				String[] types = new String[values.length];
				for (int i = 0; i < values.length; i++) {
					values[i] = arguments.get(info.getSignature()[i].getName());
					types[i] = info.getSignature()[i].getType();
				}
				return server.invoke(name, operation, values, types);
			}
		}
		throw new AssertionError("There is no operation " + operation);
	}

	@Test
	void webFluxShowsAndChangesLimiters() {
		String path = "/actuator/limiters/bulkhead/inventory";
		try (RunningServer server = RunningServer.webFlux(Application.class, PROPERTIES[0], PROPERTIES[1],
				"management.endpoints.web.exposure.include=limiters")) {
			assertThat(server.get(path).body()).contains("\"limit\":20");
			assertThat(change(server, path, "{\"max\": 5, \"for\": \"10m\"}").body()).contains("\"limit\":5", "until");
			HttpResponse<String> wrong = change(server, path, "{\"mx\": 5}");
			assertThat(wrong.statusCode()).isEqualTo(400);
			assertThat(wrong.body()).contains("Unknown: [mx]");
			assertThat(change(server, path + "x", "{\"max\": 5}").statusCode()).isEqualTo(404);
			assertThat(change(server, path, "{\"max\": 6, \"version\": \"old\"}").statusCode()).isEqualTo(409);
			assertThat(server.delete(path).body()).contains("\"limit\":20");
		}
	}

	/** Nothing that another site may send unasked changes anything, on either port. */
	@ParameterizedTest
	@ValueSource(strings = { "server.port=0", "management.server.port=0" })
	void webFluxTakesValuesFromJsonBodiesOnly(String port) {
		String path = "/actuator/limiters/bulkhead/inventory";
		try (RunningServer server = RunningServer.webFlux(Application.class, PROPERTIES[0], PROPERTIES[1], port,
				"management.endpoints.web.exposure.include=limiters")) {
			assertRefused(server, path);
		}
	}

	@Test
	void mvcTakesValuesFromJsonBodiesOnlyOnItsOwnPort() {
		try (RunningServer server = RunningServer.mvc(Application.class, PROPERTIES[0], PROPERTIES[1],
				"management.server.port=0", "management.server.base-path=/own",
				"management.endpoints.web.exposure.include=limiters")) {
			assertRefused(server, "/own/actuator/limiters/bulkhead/inventory");
		}
	}

	private static void assertRefused(RunningServer server, String path) {
		ConcurrencyLimiter bulkhead = server.context().getBean(LimiterRegistry.class).concurrencyLimiter("inventory");
		for (String query : List.of("?max=0", "?%6dax=0", "?timeout=1s")) {
			for (String target : List.of(path, path.replace("limiters", "limiter%73"))) {
				HttpResponse<String> response = server.postToManagement(target + query, "{\"max\": 5}", "Content-Type",
						"application/json");
				assertThat(response.statusCode()).as(target + query).isEqualTo(400);
				assertThat(response.body()).contains("none may come from the query");
				assertThat(server.postToManagement(target + query, "").statusCode()).isIn(400, 415);
			}
		}
		for (String contentType : List.of("text/plain", "application/x-www-form-urlencoded")) {
			assertThat(server.postToManagement(path, "max=0", "Content-Type", contentType).statusCode()).isEqualTo(415);
		}
		assertThat(bulkhead.spec()).isEqualTo(bulkhead.configured());
		assertThat(server.postToManagement(path, "{\"max\": 5}", "Content-Type", "application/json").statusCode())
			.isEqualTo(200);
		assertThat(bulkhead.max()).isEqualTo(5);
	}

	private static HttpResponse<String> change(RunningServer server, String path, String body) {
		return server.post(path, body, "Content-Type", "application/json");
	}

	@Configuration(proxyBeanMethods = false)
	// Of two servers on the class path the one that is left serves WebFlux on both ports.
	@EnableAutoConfiguration(
			excludeName = "org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration")
	static class Application {

	}

}
