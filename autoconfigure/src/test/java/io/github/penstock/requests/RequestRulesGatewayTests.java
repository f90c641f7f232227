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

package io.github.penstock.requests;

import java.net.http.HttpResponse;

import com.sun.net.httpserver.HttpServer;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Spring Cloud Gateway is a WebFlux application, whose routes are handlers as any.
 */
class RequestRulesGatewayTests {

	private static HttpServer behind;

	private static RunningServer gateway;

	@BeforeAll
	static void start() throws Exception {
		behind = HttpServer.create(new java.net.InetSocketAddress("127.0.0.1", 0), 0);
		behind.createContext("/", (exchange) -> {
			byte[] body = exchange.getRequestURI().getPath().getBytes(java.nio.charset.StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		behind.start();
		String route = "spring.cloud.gateway.server.webflux.routes[0].";
		gateway = RunningServer.webFlux(Application.class, "spring.main.web-application-type=reactive",
				route + "id=shop", route + "uri=http://127.0.0.1:" + behind.getAddress().getPort(),
				route + "predicates[0]=Path=/shop/**", "penstock.requests.shop.paths=/shop/**",
				"penstock.requests.shop.key=header:X-Api-Key", "penstock.requests.shop.limit=2",
				"penstock.requests.shop.per=1h", "penstock.requests.shop.max=3", "penstock.requests.shop.headers=true");
	}

	@AfterAll
	static void stop() {
		gateway.close();
		behind.stop(0);
	}

	@Test // R1, K1, P3
	void requestsToARouteAreLimited() {
		for (int i = 0; i < 2; i++) {
			HttpResponse<String> response = gateway.get("/shop/cart", "X-Api-Key", "a");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("/shop/cart");
			assertThat(response.headers().firstValue("RateLimit")).isPresent();
		}
		assertThat(gateway.get("/shop/cart", "X-Api-Key", "a").statusCode()).isEqualTo(429);
		assertThat(gateway.get("/shop/cart", "X-Api-Key", "b").statusCode()).isEqualTo(200);
		LimiterRegistry registry = gateway.context().getBean(LimiterRegistry.class);
		await().until(() -> registry.concurrencyLimiter("shop").forKey("a").inUse() == 0);
		await().until(() -> registry.concurrencyLimiter("shop").forKey("b").inUse() == 0);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
