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

package io.github.penstock.http.library;

import java.time.Duration;

import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Spring Boot's clients, with each of the libraries that it knows.
 */
enum LimitedClient {

	HTTP_COMPONENTS("imperative.factory=http-components"), JETTY("imperative.factory=jetty"),
	REACTOR("imperative.factory=reactor"), JDK("imperative.factory=jdk"), SIMPLE("imperative.factory=simple"),
	WEB_REACTOR("reactive.connector=reactor"), WEB_JETTY("reactive.connector=jetty"),
	WEB_HTTP_COMPONENTS("reactive.connector=http-components"), WEB_JDK("reactive.connector=jdk");

	private final String property;

	LimitedClient(String property) {
		this.property = property;
	}

	String property() {
		return this.property;
	}

	String send(ApplicationContext context, HttpMethod method, String url, String body) {
		ResponseEntity<String> answer = name().startsWith("WEB_") ? web(context, method, url, body)
				: rest(context, method, url, body);
		return answer.getStatusCode().value() + " " + answer.getBody();
	}

	private static ResponseEntity<String> rest(ApplicationContext context, HttpMethod method, String url, String body) {
		// A credential that is added inside of the limits, and one outside.
		RestClient.RequestBodySpec request = context.getBean(RestClient.Builder.class)
			.requestInterceptor((sent, bytes, execution) -> {
				sent.getHeaders().set("Authorization", "secret");
				return execution.execute(sent, bytes);
			})
			.build()
			.method(method)
			.uri(url)
			.header("Cookie", "a=b");
		return ((body.isEmpty()) ? request : request.header("Content-Type", "text/plain").body(body)).retrieve()
			.toEntity(String.class);
	}

	private static ResponseEntity<String> web(ApplicationContext context, HttpMethod method, String url, String body) {
		WebClient.RequestBodySpec request = context.getBean(WebClient.Builder.class)
			.build()
			.method(method)
			.uri(url)
			.header("Authorization", "secret")
			.cookie("a", "b");
		return ((body.isEmpty()) ? request : request.header("Content-Type", "text/plain").bodyValue(body)).retrieve()
			.toEntity(String.class)
			.block(Duration.ofSeconds(60));
	}

}
