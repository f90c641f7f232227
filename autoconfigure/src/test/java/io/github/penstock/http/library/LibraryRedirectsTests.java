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

import java.net.http.HttpClient;
import java.util.stream.Stream;

import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JettyClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what customizers tell the HTTP library about redirects counts.
 */
@ExtendWith(OutputCaptureExtension.class)
class LibraryRedirectsTests {

	private final HopServer server = new HopServer().redirect("/moved", "/ok");

	@AfterEach
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SIMPLE")
	void redirectWhenTheLibraryIsToldNeverToFollowIsReturned(LimitedClient client) {
		HopContexts.with(client, this.server).withUserConfiguration(NeverFollowing.class).run((context) -> {
			assertThat(client.send(context, HttpMethod.GET, this.server.url("/moved"), "")).isEqualTo("302 moved");
			HopContexts.assertGranted(context, 1);
		});
	}

	@ParameterizedTest
	@MethodSource("waysOfHttpComponents")
	void redirectWhenHttpComponentsIsToldInAnotherWayIsReturned(LimitedClient client, Class<?> configuration) {
		HopContexts.with(client, this.server).withUserConfiguration(configuration).run((context) -> {
			assertThat(client.send(context, HttpMethod.GET, this.server.url("/moved"), "")).isEqualTo("302 moved");
			HopContexts.assertGranted(context, 1);
		});
	}

	static Stream<Arguments> waysOfHttpComponents() {
		return Stream.of(LimitedClient.HTTP_COMPONENTS, LimitedClient.WEB_HTTP_COMPONENTS)
			.flatMap((client) -> Stream.of(Arguments.of(client, ByStrategy.class),
					Arguments.of(client, ByConfig.class)));
	}

	@Test
	void redirectWhenABuilderOfOnesOwnNeverFollowsIsReturned() {
		HopContexts.with(LimitedClient.JDK, this.server).withUserConfiguration(OwnBuilder.class).run((context) -> {
			assertThat(LimitedClient.JDK.send(context, HttpMethod.GET, this.server.url("/moved"), ""))
				.isEqualTo("302 moved");
			HopContexts.assertGranted(context, 1);
		});
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SIMPLE")
	void redirectWhenTheLibraryIsToldToFollowIsARequestOfItsOwn(LimitedClient client) {
		HopContexts.with(client, this.server)
			.withUserConfiguration(Following.class)
			.withPropertyValues("spring.http.clients.redirects=dont-follow")
			.run((context) -> {
				assertThat(client.send(context, HttpMethod.GET, this.server.url("/moved"), "")).isEqualTo("200 fine");
				HopContexts.assertGranted(context, 2);
			});
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP_COMPONENTS", "WEB_HTTP_COMPONENTS", "REACTOR", "WEB_REACTOR" })
	void redirectWhenTheApplicationHasAWayOfItsOwnIsLeftToTheLibrary(LimitedClient client, CapturedOutput output) {
		this.server.redirect("/moved-too", "/ok");
		HopContexts.with(client, this.server).withUserConfiguration(FollowingInItsOwnWay.class).run((context) -> {
			assertThat(client.send(context, HttpMethod.GET, this.server.url("/moved"), "")).isEqualTo("200 fine");
			HopContexts.assertGranted(context, 1);
			assertThat(client.send(context, HttpMethod.GET, this.server.url("/moved-too"), "")).isEqualTo("302 moved");
			HopContexts.assertGranted(context, 2);
		});
		assertThat(output).containsOnlyOnce("as a customizer of the application says");
	}

	@Configuration(proxyBeanMethods = false)
	static class NeverFollowing {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<ClientHttpRequestFactoryBuilder<?>> blocking() {
			return (builder) -> {
				if (builder instanceof HttpComponentsClientHttpRequestFactoryBuilder httpComponents) {
					return httpComponents.withHttpClientCustomizer((client) -> client.disableRedirectHandling());
				}
				if (builder instanceof JettyClientHttpRequestFactoryBuilder jetty) {
					return jetty.withHttpClientCustomizer((client) -> client.setFollowRedirects(false));
				}
				if (builder instanceof ReactorClientHttpRequestFactoryBuilder reactor) {
					return reactor.withHttpClientCustomizer((client) -> client.followRedirect(false));
				}
				return ((JdkClientHttpRequestFactoryBuilder) builder)
					.withHttpClientCustomizer((client) -> client.followRedirects(HttpClient.Redirect.NEVER));
			};
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<ClientHttpConnectorBuilder<?>> reactive() {
			return (builder) -> {
				if (builder instanceof HttpComponentsClientHttpConnectorBuilder httpComponents) {
					return httpComponents.withHttpClientCustomizer((client) -> client.disableRedirectHandling());
				}
				if (builder instanceof JettyClientHttpConnectorBuilder jetty) {
					return jetty.withHttpClientCustomizer((client) -> client.setFollowRedirects(false));
				}
				if (builder instanceof ReactorClientHttpConnectorBuilder reactor) {
					return reactor.withHttpClientCustomizer((client) -> client.followRedirect(false));
				}
				return ((JdkClientHttpConnectorBuilder) builder)
					.withHttpClientCustomizer((client) -> client.followRedirects(HttpClient.Redirect.NEVER));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Following {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<ClientHttpRequestFactoryBuilder<?>> blocking() {
			return (builder) -> {
				if (builder instanceof HttpComponentsClientHttpRequestFactoryBuilder httpComponents) {
					return httpComponents.withHttpClientCustomizer(
							(client) -> client.setRedirectStrategy(DefaultRedirectStrategy.INSTANCE));
				}
				if (builder instanceof JettyClientHttpRequestFactoryBuilder jetty) {
					return jetty.withHttpClientCustomizer((client) -> client.setFollowRedirects(true));
				}
				if (builder instanceof ReactorClientHttpRequestFactoryBuilder reactor) {
					return reactor.withHttpClientCustomizer((client) -> client.followRedirect(true));
				}
				return ((JdkClientHttpRequestFactoryBuilder) builder)
					.withHttpClientCustomizer((client) -> client.followRedirects(HttpClient.Redirect.ALWAYS));
			};
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<ClientHttpConnectorBuilder<?>> reactive() {
			return (builder) -> {
				if (builder instanceof HttpComponentsClientHttpConnectorBuilder httpComponents) {
					return httpComponents.withHttpClientCustomizer(
							(client) -> client.setRedirectStrategy(DefaultRedirectStrategy.INSTANCE));
				}
				if (builder instanceof JettyClientHttpConnectorBuilder jetty) {
					return jetty.withHttpClientCustomizer((client) -> client.setFollowRedirects(true));
				}
				if (builder instanceof ReactorClientHttpConnectorBuilder reactor) {
					return reactor.withHttpClientCustomizer((client) -> client.followRedirect(true));
				}
				return ((JdkClientHttpConnectorBuilder) builder)
					.withHttpClientCustomizer((client) -> client.followRedirects(HttpClient.Redirect.ALWAYS));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByStrategy {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> blocking() {
			return (builder) -> builder
				.withHttpClientCustomizer((client) -> client.setRedirectStrategy(new FollowingOnly("/nowhere")));
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<HttpComponentsClientHttpConnectorBuilder> reactive() {
			return (builder) -> builder
				.withHttpClientCustomizer((client) -> client.setRedirectStrategy(new FollowingOnly("/nowhere")));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByConfig {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> blocking() {
			return (builder) -> builder
				.withDefaultRequestConfigCustomizer((config) -> config.setRedirectsEnabled(false));
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<HttpComponentsClientHttpConnectorBuilder> reactive() {
			return (builder) -> builder
				.withDefaultRequestConfigCustomizer((config) -> config.setRedirectsEnabled(false));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FollowingInItsOwnWay {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<ClientHttpRequestFactoryBuilder<?>> blocking() {
			return (builder) -> (builder instanceof ReactorClientHttpRequestFactoryBuilder reactor)
					? reactor.withHttpClientCustomizer((client) -> client.followRedirect(
							(request, response) -> request.path().equals("moved") && response.status().code() == 302))
					: ((HttpComponentsClientHttpRequestFactoryBuilder) builder)
						.withHttpClientCustomizer((client) -> client.setRedirectStrategy(new FollowingOnly("/moved")));
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<ClientHttpConnectorBuilder<?>> reactive() {
			return (builder) -> (builder instanceof ReactorClientHttpConnectorBuilder reactor)
					? reactor.withHttpClientCustomizer((client) -> client.followRedirect(
							(request, response) -> request.path().equals("moved") && response.status().code() == 302))
					: ((HttpComponentsClientHttpConnectorBuilder) builder)
						.withHttpClientCustomizer((client) -> client.setRedirectStrategy(new FollowingOnly("/moved")));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBuilder {

		@Bean
		ClientHttpRequestFactoryBuilder<?> builder() {
			return ClientHttpRequestFactoryBuilder.jdk()
				.withHttpClientCustomizer((client) -> client.followRedirects(HttpClient.Redirect.NEVER));
		}

	}

	/** Follows the redirects of one path. */
	private static final class FollowingOnly extends DefaultRedirectStrategy {

		private final String path;

		private FollowingOnly(String path) {
			this.path = path;
		}

		@Override
		public boolean isRedirected(HttpRequest request, HttpResponse response, HttpContext context) {
			try {
				return request.getPath().equals(this.path) && super.isRedirected(request, response, context);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
