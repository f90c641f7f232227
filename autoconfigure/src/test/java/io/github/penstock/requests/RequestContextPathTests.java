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

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.web.RunningServer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules where the application is not all of its server.
 */
@Timeout(120)
class RequestContextPathTests {

	private static final List<String> SPELLINGS = List.of("/app/spelled/x", "/%61pp/spelled/x", "//app/spelled/x",
			"/app;v=1/spelled/x", "/y/../app/spelled/x", "/./app/spelled/x", "/app/../app/spelled/x",
			"/%2e/app/spelled/x", "/app//spelled/x", "/APP/spelled/x", "/%61pp/../app/spelled/x", "/;x/app/spelled/x",
			"http://localhost/app/spelled/x", "http://localhost//app/spelled/x");

	@ParameterizedTest // L11
	@ValueSource(classes = { RequestRulesTomcatTests.Application.class, ServletApplication.class,
			RequestRulesNettyTests.Application.class })
	void otherSpellingOfTheContextPathIsNoWayAroundTheRule(Class<?> application) throws IOException {
		String[] properties = { "server.servlet.context-path=/app", "spring.webflux.base-path=/app",
				"penstock.requests.spelled.paths=/spelled/**", "penstock.requests.spelled.limit=1000",
				"penstock.requests.spelled.per=1h" };
		boolean reactive = application == RequestRulesNettyTests.Application.class;
		List<String> around = new ArrayList<>();
		try (RunningServer server = reactive ? RunningServer.webFlux(application, properties)
				: RunningServer.mvc(application, properties)) {
			for (String path : SPELLINGS) {
				long before = granted(server);
				int status = status(server, path);
				if (status < 400 && granted(server) == before) {
					around.add(path + " " + status);
				}
			}
		}
		assertThat(around).isEmpty();
	}

	private static long granted(RunningServer server) {
		return server.context().getBean(LimiterRegistry.class).rateLimiter("spelled").stats().granted();
	}

	private static int status(RunningServer server, String path) throws IOException {
		int port = server.context().getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		try (Socket socket = new Socket("localhost", port)) {
			socket.setSoTimeout(30_000);
			socket.getOutputStream()
				.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
					.getBytes(StandardCharsets.ISO_8859_1));
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
			return Integer.parseInt(answer.split(" ")[1]);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ServletApplication {

		@Bean
		ServletRegistrationBean<HttpServlet> servlet() {
			return new ServletRegistrationBean<>(new HttpServlet() {

				@Override
				protected void doGet(HttpServletRequest request, HttpServletResponse response) {
					response.setStatus(204);
				}

			}, "/spelled/*");
		}

	}

}
