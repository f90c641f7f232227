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

package io.github.penstock.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * An application on a real server and a random port.
 */
public final class RunningServer implements AutoCloseable {

	private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();

	private final ConfigurableApplicationContext context;

	private RunningServer(WebApplicationType type, String[] properties, Class<?>... sources) {
		this.context = new SpringApplicationBuilder(sources).web(type)
			.properties("server.port=0", "spring.main.banner-mode=off", "spring.main.register-shutdown-hook=false",
					"spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
			.properties(properties)
			.run();
	}

	/** A server of Spring MVC. */
	public static RunningServer mvc(Class<?> application, String... properties) {
		return new RunningServer(WebApplicationType.SERVLET, properties, application);
	}

	/** A server of Spring WebFlux. */
	public static RunningServer webFlux(Class<?> application, String... properties) {
		return new RunningServer(WebApplicationType.REACTIVE, properties, application, OwnResources.class);
	}

	/** The application. */
	public ConfigurableApplicationContext context() {
		return this.context;
	}

	/** Send a GET request. */
	public HttpResponse<String> get(String path, String... headers) {
		return send("GET", path, BodyHandlers.ofString(), headers);
	}

	/** Send a POST request. */
	public HttpResponse<String> post(String path, String body, String... headers) {
		return send("POST", path, BodyPublishers.ofString(body), BodyHandlers.ofString(), headers);
	}

	/** Send a POST request to the port of the endpoints. */
	public HttpResponse<String> postToManagement(String path, String body, String... headers) {
		return send(port("local.management.port"), "POST", path, BodyPublishers.ofString(body), BodyHandlers.ofString(),
				headers);
	}

	/**
	 * Send a request to the port of the endpoints, which may be that of the application.
	 */
	public HttpResponse<String> manage(String method, String path, String body, String... headers) {
		String own = this.context.getEnvironment().getProperty("local.management.port");
		return send((own != null) ? own : port("local.server.port"), method, path, BodyPublishers.ofString(body),
				BodyHandlers.ofString(), headers);
	}

	private String port(String property) {
		return this.context.getEnvironment().getRequiredProperty(property);
	}

	/** Send a DELETE request. */
	public HttpResponse<String> delete(String path) {
		return send("DELETE", path, BodyHandlers.ofString());
	}

	<T> HttpResponse<T> send(String method, String path, BodyHandler<T> body, String... headers) {
		return send(method, path, BodyPublishers.noBody(), body, headers);
	}

	private <T> HttpResponse<T> send(String method, String path, BodyPublisher content, BodyHandler<T> body,
			String... headers) {
		return send(port("local.server.port"), method, path, content, body, headers);
	}

	private <T> HttpResponse<T> send(String port, String method, String path, BodyPublisher content,
			BodyHandler<T> body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
			.timeout(Duration.ofSeconds(60))
			.method(method, content);
		if (headers.length > 0) {
			request.headers(headers);
		}
		try {
			return this.client.send(request.build(), body);
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

	/** A server that stops takes the global ones along, and takes two seconds for it. */
	@Configuration(proxyBeanMethods = false)
	static class OwnResources {

		@Bean
		ReactorResourceFactory resources() {
			ReactorResourceFactory resources = new ReactorResourceFactory();
			resources.setUseGlobalResources(false);
			resources.setShutdownQuietPeriod(Duration.ZERO);
			return resources;
		}

	}

}
