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

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Limiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.autoconfigure.PenstockAutoConfiguration;
import io.github.penstock.autoconfigure.PenstockHttpClientAutoConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that each hop of a redirected request is a request of its own, whichever library
 * sends it, over real servers. With one permit and no waiting, a permit that is not back
 * before the next hop would have that hop refused.
 */
@ExtendWith(OutputCaptureExtension.class)
class RedirectedRequestsTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

	private HttpServer first;

	private HttpServer second;

	@BeforeEach
	void start() throws IOException {
		this.first = server("first");
		this.second = server("second");
	}

	private HttpServer server(String name) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> answer(name, exchange));
		server.start();
		return server;
	}

	@AfterEach
	void stop() {
		this.first.stop(0);
		this.second.stop(0);
	}

	/** A path {@code /302/...} redirects to {@code /...}, {@code /302-x/...} there. */
	private void answer(String name, HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath();
		byte[] body = exchange.getRequestBody().readAllBytes();
		HttpHeaders headers = new HttpHeaders();
		exchange.getRequestHeaders().forEach(headers::put);
		this.requests.add("%s %s %s body=%s auth=%s cookie=%s type=%s".formatted(name, exchange.getRequestMethod(),
				path, new String(body, StandardCharsets.UTF_8), headers.getFirst("Authorization"),
				headers.getFirst("Cookie"), headers.getFirst("Content-Type")));
		if (path.startsWith("/3")) {
			String rest = path.substring(path.indexOf('/', 1));
			boolean across = path.substring(1).startsWith("across", 3);
			if (!path.substring(1).startsWith("lost", 3)) {
				exchange.getResponseHeaders().set("Location", (across) ? url(this.second) + rest : rest);
			}
			byte[] moved = "moved".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(Integer.parseInt(path.substring(1, 4)), moved.length);
			exchange.getResponseBody().write(moved);
		}
		else {
			byte[] fine = "fine".getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().add("Content-Type", "text/plain");
			exchange.sendResponseHeaders(200, fine.length);
			exchange.getResponseBody().write(fine);
		}
		exchange.close();
	}

	private static String url(HttpServer server) {
		return "http://localhost:" + server.getAddress().getPort();
	}

	private String[] properties() {
		return new String[] { "penstock.http-clients.first.hosts=localhost:" + this.first.getAddress().getPort(),
				"penstock.http-clients.first.max=1", "penstock.http-clients.first.limit=100",
				"penstock.http-clients.first.per=1d", "penstock.http-clients.first.timeout=0",
				"penstock.http-clients.second.hosts=localhost:" + this.second.getAddress().getPort(),
				"penstock.http-clients.second.max=1", "penstock.http-clients.second.limit=100",
				"penstock.http-clients.second.per=1d", "penstock.http-clients.second.timeout=0" };
	}

	private static AutoConfigurations configurations() {
		return AutoConfigurations.of(PenstockAutoConfiguration.class, PenstockHttpClientAutoConfiguration.class,
				HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, RestClientAutoConfiguration.class,
				RestTemplateAutoConfiguration.class, WebClientAutoConfiguration.class,
				HttpServiceClientPropertiesAutoConfiguration.class, HttpServiceClientAutoConfiguration.class,
				ReactiveHttpServiceClientAutoConfiguration.class);
	}

	private ApplicationContextRunner with(LimitedClient client) {
		return new ApplicationContextRunner().withConfiguration(configurations())
			.withPropertyValues(properties())
			.withPropertyValues("spring.http.clients." + client.property());
	}

	private void assertGranted(ApplicationContext context, int first, int second) {
		LimiterRegistry limiters = context.getBean(LimiterRegistry.class);
		assertThat(granted(limiters.concurrencyLimiter("first"))).as("permits of first").isEqualTo(first);
		assertThat(granted(limiters.rateLimiter("first"))).as("tokens of first").isEqualTo(first);
		assertThat(granted(limiters.concurrencyLimiter("second"))).as("permits of second").isEqualTo(second);
		assertThat(granted(limiters.rateLimiter("second"))).as("tokens of second").isEqualTo(second);
		for (String name : List.of("first", "second")) {
			ConcurrencyLimiter bulkhead = limiters.concurrencyLimiter(name);
			Awaitility.await().until(() -> bulkhead.inUse() == 0 && bulkhead.waiting() == 0);
			assertThat(bulkhead.available()).isEqualTo(bulkhead.max());
		}
	}

	private static long granted(Limiter limiter) {
		return limiter.stats().granted();
	}

	@ParameterizedTest
	@EnumSource
	void hopsAreRequestsOfTheirOwn(LimitedClient client) {
		with(client).run((context) -> {
			String answer = client.send(context, HttpMethod.GET, url(this.first) + "/302/307/301across/303/ok", "");
			assertThat(answer).isEqualTo("200 fine");
			assertThat(this.requests).hasSize(5);
			assertGranted(context, 3, 2);
		});
	}

	@ParameterizedTest
	@EnumSource
	void hopWhenItIsRefusedIsNotSentAndItsPermitsAreBack(LimitedClient client) {
		with(client).withPropertyValues("penstock.http-clients.second.max=0").run((context) -> {
			assertThatExceptionOfType(BulkheadFullException.class)
				.isThrownBy(() -> client.send(context, HttpMethod.GET, url(this.first) + "/302across/ok", ""))
				.withMessageStartingWith("Bulkhead 'second' is closed");
			assertThat(this.requests).hasSize(1);
			assertGranted(context, 1, 0);
		});
	}

	@ParameterizedTest
	@EnumSource
	void hopFromAHostThatNobodyLimitsIsLimited(LimitedClient client) {
		with(client).withPropertyValues("penstock.http-clients.first.hosts=elsewhere").run((context) -> {
			assertThat(client.send(context, HttpMethod.GET, url(this.first) + "/302across/ok", ""))
				.isEqualTo("200 fine");
			assertGranted(context, 0, 1);
		});
	}

	@ParameterizedTest
	@EnumSource
	void hopWhenNobodyWantsRedirectsIsNotTaken(LimitedClient client) {
		with(client).withPropertyValues("spring.http.clients.redirects=dont-follow").run((context) -> {
			assertThat(client.send(context, HttpMethod.GET, url(this.first) + "/302/ok", "")).isEqualTo("302 moved");
			assertGranted(context, 1, 0);
		});
	}

	@ParameterizedTest
	@EnumSource
	void hopWhenThereIsNoEndIsBounded(LimitedClient client) {
		with(client).run((context) -> {
			assertThat(client.send(context, HttpMethod.GET, url(this.first) + "/302".repeat(30) + "/ok", ""))
				.isEqualTo("302 moved");
			assertGranted(context, 21, 0);
			assertThat(client.send(context, HttpMethod.GET, url(this.first) + "/302lost/ok", ""))
				.isEqualTo("302 moved");
			assertGranted(context, 22, 0);
		});
	}

	@ParameterizedTest
	@MethodSource("clientsAndStatuses")
	void hopOfAPostHasTheBodyThatItsStatusLeaves(LimitedClient client, int status, boolean keeps) {
		with(client).run((context) -> {
			assertThat(client.send(context, HttpMethod.POST, url(this.first) + "/" + status + "/ok", "text"))
				.isEqualTo("200 fine");
			assertThat(this.requests).last()
				.asString()
				.startsWith((keeps) ? "first POST /ok body=text auth=secret" : "first GET /ok body= auth=secret")
				.endsWith((keeps) ? "type=text/plain" : "type=null");
			assertGranted(context, 2, 0);
		});
	}

	static Stream<Object[]> clientsAndStatuses() {
		return Stream.of(LimitedClient.values())
			.flatMap((client) -> Stream.of(new Object[] { client, 302, false }, new Object[] { client, 303, false },
					new Object[] { client, 307, true }));
	}

	@ParameterizedTest
	@EnumSource
	void hopToAnotherOriginHasNoSecrets(LimitedClient client) {
		with(client).run((context) -> {
			client.send(context, HttpMethod.POST, url(this.first) + "/308/308across/308/ok", "text");
			assertThat(this.requests.get(1)).startsWith("first POST").contains("auth=secret", "cookie=a=b");
			assertThat(this.requests.get(2)).startsWith("second POST")
				.contains("body=text", "auth=null", "cookie=null");
			assertThat(this.requests.get(3)).startsWith("second POST /ok").contains("auth=null", "cookie=null");
			assertGranted(context, 2, 2);
		});
	}

	@Test
	void hopOfATemplateAndOfItsOwnSettings() {
		with(LimitedClient.JDK).run((context) -> {
			RestTemplateBuilder builder = context.getBean(RestTemplateBuilder.class);
			String url = url(this.first) + "/302across/ok";
			assertThat(builder.build().getForObject(url, String.class)).isEqualTo("fine");
			assertGranted(context, 1, 1);
			assertThat(builder.redirects(HttpRedirects.DONT_FOLLOW)
				.build()
				.getForEntity(url, String.class)
				.getStatusCode()
				.value()).isEqualTo(302);
			assertGranted(context, 2, 1);
		});
	}

	@Test
	void hopOfDeclarativeClientsIsAsTheirGroupSays() {
		String url = url(this.first) + "/302across/";
		with(LimitedClient.JDK).withUserConfiguration(DeclarativeClients.class)
			.withPropertyValues("spring.http.serviceclient.blocking.base-url=" + url,
					"spring.http.serviceclient.reactive.base-url=" + url,
					"spring.http.serviceclient.unfollowed.base-url=" + url,
					"spring.http.serviceclient.unfollowed.redirects=dont-follow")
			.run((context) -> {
				assertThat(context.getBean(Blocking.class).get()).isEqualTo("fine");
				assertGranted(context, 1, 1);
				assertThat(context.getBean(Reactive.class).get().block(LONG)).isEqualTo("fine");
				assertGranted(context, 2, 2);
				assertThat(context.getBean(Unfollowed.class).get().getStatusCode().value()).isEqualTo(302);
				assertGranted(context, 3, 2);
			});
	}

	@Test
	void hopOfABlockingClientInAReactiveApplication() {
		new ReactiveWebApplicationContextRunner().withConfiguration(configurations())
			.withPropertyValues(properties())
			.run((context) -> {
				assertThat(LimitedClient.JDK.send(context, HttpMethod.GET, url(this.first) + "/302across/ok", ""))
					.isEqualTo("200 fine");
				assertGranted(context, 1, 1);
			});
	}

	@Test
	void interceptorWhenItRepeatsARedirectedRequestIsLimitedAgain() {
		with(LimitedClient.JDK).run((context) -> {
			RestClient client = context.getBean(RestClient.Builder.class)
				.requestInterceptor((request, body, execution) -> {
					execution.execute(request, body).close();
					return execution.execute(request, body);
				})
				.build();
			assertThat(client.get().uri(url(this.first) + "/302across/ok").retrieve().body(String.class))
				.isEqualTo("fine");
			assertGranted(context, 2, 2);
		});
	}

	@Test
	void filterWhenItRepeatsARedirectedRequestIsLimitedAgain() {
		with(LimitedClient.WEB_JDK).run((context) -> {
			WebClient client = context.getBean(WebClient.Builder.class)
				.filter((request, next) -> next.exchange(request)
					.flatMap((response) -> response.releaseBody().then(next.exchange(request))))
				.build();
			assertThat(
					client.get().uri(url(this.first) + "/302across/ok").retrieve().bodyToMono(String.class).block(LONG))
				.isEqualTo("fine");
			assertGranted(context, 2, 2);
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "WEB_REACTOR", "WEB_JDK" })
	void clientOfOnesOwnFollowsAsBefore(LimitedClient client) {
		with(client).run((context) -> {
			String url = url(this.first) + "/302across/ok";
			ClientHttpRequestFactoryBuilder<?> builder = context.getBean(ClientHttpRequestFactoryBuilder.class);
			RestClient rest = RestClient.builder().requestFactory(builder.build(HttpClientSettings.defaults())).build();
			assertThat(rest.get().uri(url).retrieve().body(String.class)).isEqualTo("fine");
			WebClient web = context.getBean(WebClient.Builder.class).filters(List::clear).build();
			assertThat(web.get().uri(url).retrieve().bodyToMono(String.class).block(LONG)).isEqualTo("fine");
			assertThat(this.requests).hasSize(4);
			assertGranted(context, 0, 0);
		});
	}

	@Test
	void builderWhenItsTypeIsDeclaredIsLeftAloneWithAWarning(CapturedOutput output) {
		with(LimitedClient.JDK).withUserConfiguration(DeclaredBuilder.class).run((context) -> {
			assertThat(context).hasSingleBean(JdkClientHttpRequestFactoryBuilder.class);
			LimitedClient.JDK.send(context, HttpMethod.GET, url(this.first) + "/302across/ok", "");
			assertGranted(context, 1, 0);
		});
		assertThat(output).containsOnlyOnce("the bean 'declared' has to be a");
	}

	interface Blocking {

		@GetExchange("/ok")
		String get();

	}

	interface Reactive {

		@GetExchange("/ok")
		Mono<String> get();

	}

	interface Unfollowed {

		@GetExchange("/ok")
		ResponseEntity<String> get();

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "blocking", types = Blocking.class,
			clientType = HttpServiceGroup.ClientType.REST_CLIENT)
	@ImportHttpServices(group = "unfollowed", types = Unfollowed.class,
			clientType = HttpServiceGroup.ClientType.REST_CLIENT)
	@ImportHttpServices(group = "reactive", types = Reactive.class, clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
	static class DeclarativeClients {

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredBuilder {

		@Bean
		JdkClientHttpRequestFactoryBuilder declared() {
			return ClientHttpRequestFactoryBuilder.jdk();
		}

	}

}
