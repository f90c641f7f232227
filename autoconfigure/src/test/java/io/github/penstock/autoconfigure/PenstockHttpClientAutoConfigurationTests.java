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

package io.github.penstock.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import com.sun.net.httpserver.HttpServer;
import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.http.HttpLimitInterceptor;
import io.github.penstock.http.HttpLimits;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PenstockHttpClientAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class PenstockHttpClientAutoConfigurationTests {

	private HttpServer server;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class,
				PenstockHttpClientAutoConfiguration.class, HttpClientAutoConfiguration.class,
				ImperativeHttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
				RestClientAutoConfiguration.class, RestTemplateAutoConfiguration.class,
				WebClientAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class,
				HttpServiceClientAutoConfiguration.class, ReactiveHttpServiceClientAutoConfiguration.class));

	private ApplicationContextRunner limited() {
		return this.contextRunner.withPropertyValues("penstock.http-clients.supplier.hosts=localhost",
				"penstock.http-clients.supplier.max=0", "penstock.http-clients.supplier.timeout=0");
	}

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			byte[] body = "fine".getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().add("Content-Type", "text/plain");
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	private String url() {
		return "http://localhost:" + this.server.getAddress().getPort();
	}

	@Test
	void clientsWhenTheyAreLimitedAreRefusedAndWorkWhenTheGateIsOpen() {
		limited().run((context) -> {
			RestClient rest = context.getBean(RestClient.Builder.class).baseUrl(url()).build();
			RestTemplate template = context.getBean(RestTemplateBuilder.class).rootUri(url()).build();
			WebClient web = context.getBean(WebClient.Builder.class).baseUrl(url()).build();
			assertRefused(() -> rest.get().retrieve().body(String.class));
			assertRefused(() -> template.getForObject("/", String.class));
			assertRefused(() -> web.get().retrieve().bodyToMono(String.class).block());
			ConcurrencyLimiter bulkhead = open(context);
			assertThat(rest.get().retrieve().body(String.class)).isEqualTo("fine");
			assertThat(template.getForObject("/", String.class)).isEqualTo("fine");
			assertThat(web.get().retrieve().bodyToMono(String.class).block()).isEqualTo("fine");
			assertThat(bulkhead.stats().granted()).isEqualTo(3);
			assertThat(bulkhead.inUse()).isZero();
			assertThat(context.getBean(HttpLimits.class).all()).containsOnlyKeys("supplier");
		});
	}

	private static ConcurrencyLimiter open(AssertableApplicationContext context) {
		ConcurrencyLimiter bulkhead = context.getBean(LimiterRegistry.class).concurrencyLimiter("supplier");
		bulkhead.change((spec) -> spec.withMax(1));
		return bulkhead;
	}

	@Test
	void declarativeClientsAreLimited() {
		limited().withUserConfiguration(DeclarativeClients.class)
			.withPropertyValues("spring.http.serviceclient.blocking.base-url=" + url(),
					"spring.http.serviceclient.reactive.base-url=" + url())
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertRefused(context.getBean(Blocking.class)::get);
				assertRefused(() -> context.getBean(Reactive.class).get().block());
				open(context);
				assertThat(context.getBean(Blocking.class).get()).isEqualTo("fine");
				assertThat(context.getBean(Reactive.class).get().block()).isEqualTo("fine");
			});
	}

	@Test
	void contextWhenSomethingElseInterceptsPutsTheLimitsInsideAndOnce() {
		limited().withUserConfiguration(OtherInterceptor.class).run((context) -> {
			RestClient.Builder builder = context.getBean(RestClient.Builder.class);
			HttpLimitInterceptor interceptor = context.getBean(HttpLimitInterceptor.class);
			builder.requestInterceptors((all) -> assertThat(all).hasSize(2).last().isSameAs(interceptor));
			context.getBean("httpLimitRestClientCustomizer", RestClientCustomizer.class).customize(builder);
			builder.requestInterceptors((all) -> assertThat(all).hasSize(2).last().isSameAs(interceptor));
		});
	}

	@Test
	void contextWhenNoClientIsConfiguredLeavesThemAlone() {
		this.contextRunner.run((context) -> {
			context.getBean(RestClient.Builder.class).requestInterceptors((all) -> assertThat(all).isEmpty());
			assertThat(context.getBean(RestTemplateBuilder.class).build().getInterceptors()).isEmpty();
			context.getBean(WebClient.Builder.class).filters((all) -> assertThat(all).isEmpty());
			assertThat(context.getBean(HttpLimits.class).all()).isEmpty();
		});
	}

	@Test
	void contextWhenSwitchedOffLeavesThemAlone() {
		limited().withPropertyValues("penstock.enabled=false").run((context) -> {
			RestClient rest = context.getBean(RestClient.Builder.class).baseUrl(url()).build();
			assertThat(rest.get().retrieve().body(String.class)).isEqualTo("fine");
			assertThat(context.getBean(HttpLimits.class).all()).isEmpty();
		});
	}

	@Test
	void contextWhenLimiterIsUnknownFails() {
		this.contextRunner
			.withPropertyValues("penstock.http-clients.supplier.hosts=localhost",
					"penstock.http-clients.supplier.bulkhead=nowhere")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("penstock.http-clients.supplier")
				.hasMessageContaining("bulkhead 'nowhere' has no max"));
	}

	@Test
	void contextWhenClientUsesTheLimitersDoesNotWarn(CapturedOutput output) {
		limited().run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("bulkhead 'supplier': max=0 (yaml)").doesNotContain("WARN");
	}

	/** Spring Boot's own would not be there either. */
	private static ApplicationContextRunner without(String... packages) {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(PenstockAutoConfiguration.class, PenstockHttpClientAutoConfiguration.class))
			.withPropertyValues("penstock.http-clients.supplier.hosts=localhost",
					"penstock.http-clients.supplier.max=0")
			.withClassLoader(new FilteredClassLoader(packages));
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.web", "org.springframework.web.reactive", "reactor",
			"org.springframework.boot.restclient", "org.springframework.boot.webclient" })
	void contextWhenLibraryIsAbsentLimitsTheOthers(String packageName) {
		without(packageName).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(HttpLimits.class);
			boolean rest = !packageName.equals("org.springframework.web") && !packageName.endsWith(".restclient");
			boolean web = packageName.endsWith(".restclient");
			assertThat(context.containsBean("httpLimitRestClientCustomizer")).isEqualTo(rest);
			assertThat(context.containsBean("httpLimitWebClientCustomizer")).isEqualTo(web);
		});
	}

	@Test
	void contextWhenNoClientCanBeLimitedWarns(CapturedOutput output) {
		without("org.springframework.boot.restclient", "org.springframework.boot.webclient")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(HttpLimits.class));
		assertThat(output).containsOnlyOnce("penstock.http-clients limits nothing by itself");
	}

	private static void assertRefused(ThrowingCallable call) {
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(call)
			.withMessageStartingWith("Bulkhead 'supplier' is closed");
	}

	@HttpExchange
	interface Blocking {

		@GetExchange("/")
		String get();

	}

	@HttpExchange
	interface Reactive {

		@GetExchange("/")
		Mono<String> get();

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "blocking", types = Blocking.class,
			clientType = HttpServiceGroup.ClientType.REST_CLIENT)
	@ImportHttpServices(group = "reactive", types = Reactive.class, clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
	static class DeclarativeClients {

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherInterceptor {

		@Bean
		RestClientCustomizer other() {
			ClientHttpRequestInterceptor interceptor = (request, body, execution) -> execution.execute(request, body);
			return (builder) -> builder.requestInterceptor(interceptor);
		}

	}

}
