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

import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.servlet.config.annotation.PathMatchConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Rules for requests beside what else a server does.
 */
@Timeout(120)
class RequestSurroundingsTests {

	private static final String ALL = "penstock.requests.all.";

	static RunningServer start(boolean reactive, String... properties) {
		return reactive ? RunningServer.webFlux(Reactive.class, properties)
				: RunningServer.mvc(Servlet.class, properties);
	}

	private static int status(RunningServer server, String path) {
		return server.manage("GET", path, "").statusCode();
	}

	@ParameterizedTest
	@CsvSource({ "false, /actuator, 0", "true, /manage, 0", "false, /, 0", "true, /actuator, own" })
	void actuatorIsNotLimitedByARuleThatDoesNotNameIt(boolean reactive, String base, String port) {
		String path = base.equals("/") ? "" : base;
		try (RunningServer server = start(reactive, ALL + "paths=/**", ALL + "limit=1", ALL + "per=1h",
				"management.endpoints.web.base-path=" + base, "management.endpoint.health.probes.enabled=true",
				"management.endpoint.health.probes.add-additional-paths=true",
				port.equals("own") ? "management.server.port=0" : "x=y",
				// There are two servers for it on this class path.
				"spring.main.allow-bean-definition-overriding=true")) {
			assertThat(server.get("/quick").statusCode()).isEqualTo(200);
			assertThat(server.get("/quick").statusCode()).isEqualTo(429);
			assertThat(status(server, path + "/health")).isEqualTo(200);
			assertThat(status(server, path + "/health/liveness")).isEqualTo(200);
			assertThat(server.get("/livez").statusCode()).isEqualTo(200);
			assertThat(server.get("/quick").statusCode()).isEqualTo(429);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void actuatorIsLimitedByARuleThatNamesIt(boolean reactive) {
		try (RunningServer server = start(reactive, ALL + "paths=/actuator/**", ALL + "limit=1", ALL + "per=1h")) {
			assertThat(server.get("/actuator/health").statusCode()).isEqualTo(200);
			assertThat(server.get("/actuator/health").statusCode()).isEqualTo(429);
			assertThat(server.get("/quick").statusCode()).isEqualTo(200);
		}
	}

	@Test // L11
	void pathsAreWithinTheApplicationAndHeedNoCaseWhereHandlersDoNot() {
		try (RunningServer server = RunningServer.mvc(CaseInsensitive.class, "server.servlet.context-path=/shop",
				ALL + "paths=/Quick", ALL + "limit=1", ALL + "per=1h")) {
			assertThat(server.get("/shop/quick").statusCode()).isEqualTo(200);
			assertThat(server.get("/shop/QUICK").statusCode()).isEqualTo(429);
			assertThat(server.get("/shop/Quick").statusCode()).isEqualTo(429);
		}
	}

	@ParameterizedTest // R2
	@CsvSource({ "false, framework", "false, native", "true, framework" })
	void addressIsWhatTheServerMakesOfForwardedHeaders(boolean reactive, String strategy) {
		try (RunningServer server = start(reactive, ALL + "paths=/**", ALL + "key=ip", ALL + "limit=1", ALL + "per=1h",
				"server.forward-headers-strategy=" + strategy)) {
			assertThat(server.get("/quick", "X-Forwarded-For", "2001:db8::1").statusCode()).isEqualTo(200);
			assertThat(server.get("/quick", "X-Forwarded-For", "2001:db8::2").statusCode()).isEqualTo(429);
			assertThat(server.get("/quick", "X-Forwarded-For", "198.51.100.7").statusCode()).isEqualTo(200);
			assertThat(server.get("/quick").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void webSocketIsARequestUntilItsHandshakeIsAnswered() {
		try (RunningServer server = RunningServer.webFlux(Reactive.class, ALL + "paths=/**", ALL + "max=1",
				ALL + "limit=2", ALL + "per=1h")) {
			URI uri = URI.create("ws://localhost:"
					+ server.context().getEnvironment().getRequiredProperty("local.server.port") + "/socket");
			Sinks.Empty<Void> end = Sinks.empty();
			CompletableFuture<Void> open = new CompletableFuture<>();
			CompletableFuture<Void> session = new ReactorNettyWebSocketClient().execute(uri, (socket) -> {
				open.complete(null);
				return end.asMono();
			}).toFuture();
			CompletableFuture.anyOf(open, session).orTimeout(60, TimeUnit.SECONDS).join();
			LimiterRegistry registry = server.context().getBean(LimiterRegistry.class);
			await().until(() -> registry.concurrencyLimiter("all").inUse() == 0);
			assertThat(registry.rateLimiter("all").available()).isOne();
			assertThat(server.get("/quick").statusCode()).isEqualTo(200);
			end.tryEmitEmpty();
			session.orTimeout(60, TimeUnit.SECONDS).join();
		}
	}

	@RestController
	static class Handlers {

		@GetMapping("/quick")
		String quick() {
			return "ok";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Servlet {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class CaseInsensitive implements WebMvcConfigurer {

		@Override
		public void configurePathMatch(PathMatchConfigurer configurer) {
			PathPatternParser parser = new PathPatternParser();
			parser.setCaseSensitive(false);
			configurer.setPatternParser(parser);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Reactive {

		@Bean
		HandlerMapping sockets() {
			WebSocketHandler handler = (session) -> session.receive().then(Mono.empty());
			return new SimpleUrlHandlerMapping(Map.of("/socket", handler), -1);
		}

		@Bean
		WebSocketHandlerAdapter adapter() {
			return new WebSocketHandlerAdapter();
		}

	}

}
