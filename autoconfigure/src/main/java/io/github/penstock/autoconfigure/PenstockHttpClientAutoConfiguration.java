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

import java.util.Objects;

import io.github.penstock.TimeSource;
import io.github.penstock.http.HttpLimit;
import io.github.penstock.http.HttpLimitFilter;
import io.github.penstock.http.HttpLimitInterceptor;
import io.github.penstock.http.HttpLimits;
import io.github.penstock.http.PauseListener;
import io.github.penstock.http.library.HopByHopConnectors;
import io.github.penstock.http.library.HopByHopRequestFactories;
import io.github.penstock.http.library.HttpComponentsHints;
import io.github.penstock.properties.ConfiguredLimiters;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.properties.HttpClientSection;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ResourceLoader;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * {@link AutoConfiguration Auto-configuration} for limited HTTP clients. What is not
 * limited by the configuration is left as it is: an interceptor makes a client keep the
 * bodies of requests in memory.
 */
@AutoConfiguration(before = PenstockAutoConfiguration.class,
		afterName = "org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration")
@Conditional(OnHttpClients.class)
public final class PenstockHttpClientAutoConfiguration {

	static final String SECTION = "penstock.http-clients";

	private PenstockHttpClientAutoConfiguration() {
	}

	private static boolean limitsClients(ConfiguredProperties properties) {
		return properties.values().enabled() && !properties.values().httpClients().isEmpty();
	}

	/** The limits, for clients that are made here and by hand. */
	@Bean
	@Lazy
	@Primary
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	static HttpLimits httpLimits(ConfiguredProperties penstockConfiguredProperties,
			ConfiguredLimiters limiterDeclarations, Beans penstockBeans) {
		if (!penstockConfiguredProperties.values().enabled()) {
			return HttpLimits.of();
		}
		return HttpLimits.lazy(() -> HttpClientSection
			.make(penstockConfiguredProperties.httpClients(), limiterDeclarations,
					(builder) -> configure(builder, penstockBeans))
			.stream()
			.map((client) -> inherited(client, penstockConfiguredProperties, penstockBeans))
			.toList());
	}

	private static void configure(HttpLimit.Builder builder, Beans beans) {
		TimeSource time = beans.ifAvailable(TimeSource.class);
		if (time != null) {
			builder.time(time);
		}
		PauseListener listener = beans.ifAvailable(PauseListener.class);
		if (listener != null) {
			builder.pauseListener(listener);
		}
	}

	/** A pause that a server has asked for is that of all contexts. */
	private static HttpLimit inherited(HttpLimit client, ConfiguredProperties properties, Beans beans) {
		ConfiguredProperties before = beans.ofParent(ConfiguredProperties.class);
		HttpLimits limits = beans.ofParent(HttpLimits.class);
		if (before == null || limits == null || !Objects.equals(before.httpClients().find(client.name()),
				properties.httpClients().find(client.name()))) {
			return client;
		}
		return limits.all().getOrDefault(client.name(), client);
	}

	/**
	 * For {@link RestClient} and {@link RestTemplate}.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RestClient.class, RestClientCustomizer.class, ClientHttpRequestFactoryBuilder.class })
	static final class RestClientConfiguration {

		@Bean
		@Lazy
		static HttpLimitInterceptor httpLimitInterceptor(HttpLimits limits) {
			return new HttpLimitInterceptor(limits);
		}

	}

	/**
	 * Limits those that the application's builders make.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RestClient.class, RestClientCustomizer.class, ClientHttpRequestFactoryBuilder.class })
	@ConditionalOnSection(SECTION)
	@ImportRuntimeHints(HttpComponentsHints.class)
	static final class LimitedRestClientConfiguration {

		@Bean
		static HopByHopRequestFactories hopByHopRequestFactories(
				ObjectProvider<ConfiguredProperties> penstockConfiguredProperties,
				ObjectProvider<HttpLimits> httpLimits) {
			return new HopByHopRequestFactories(() -> limitsClients(penstockConfiguredProperties.getObject()),
					httpLimits);
		}

		/** What clients fall back on in a reactive web application. */
		@Bean
		@ConditionalOnMissingBean
		static ClientHttpRequestFactoryBuilder<?> penstockClientHttpRequestFactoryBuilder(ResourceLoader resources) {
			return ClientHttpRequestFactoryBuilder.detect(resources.getClassLoader());
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		static RestClientCustomizer httpLimitRestClientCustomizer(HttpLimitInterceptor interceptor,
				ConfiguredProperties properties) {
			return (builder) -> {
				if (limitsClients(properties)) {
					builder.requestInterceptors((all) -> {
						all.remove(interceptor);
						all.add(interceptor);
					});
				}
			};
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		static RestTemplateCustomizer httpLimitRestTemplateCustomizer(HttpLimitInterceptor interceptor,
				ConfiguredProperties properties) {
			return (restTemplate) -> {
				if (limitsClients(properties)) {
					restTemplate.getInterceptors().remove(interceptor);
					restTemplate.getInterceptors().add(interceptor);
				}
			};
		}

	}

	/**
	 * For {@link WebClient}.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ WebClient.class, WebClientCustomizer.class, ClientHttpConnectorBuilder.class, Mono.class })
	static final class WebClientConfiguration {

		@Bean
		@Lazy
		static HttpLimitFilter httpLimitFilter(HttpLimits limits) {
			return new HttpLimitFilter(limits);
		}

	}

	/**
	 * Limits those that the application's builders make.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ WebClient.class, WebClientCustomizer.class, ClientHttpConnectorBuilder.class, Mono.class })
	@ConditionalOnSection(SECTION)
	@ImportRuntimeHints(HttpComponentsHints.class)
	static final class LimitedWebClientConfiguration {

		@Bean
		static HopByHopConnectors hopByHopConnectors(ObjectProvider<ConfiguredProperties> penstockConfiguredProperties,
				ObjectProvider<HttpLimits> httpLimits) {
			return new HopByHopConnectors(() -> limitsClients(penstockConfiguredProperties.getObject()), httpLimits);
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		static WebClientCustomizer httpLimitWebClientCustomizer(HttpLimitFilter filter,
				ConfiguredProperties properties) {
			return (builder) -> {
				if (limitsClients(properties)) {
					builder.filters((all) -> {
						all.remove(filter);
						all.add(filter);
					});
				}
			};
		}

	}

}
