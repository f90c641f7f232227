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

import java.util.Comparator;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.actuate.AuditTrail;
import io.github.penstock.actuate.EndpointHeadersFilter;
import io.github.penstock.actuate.EndpointHints;
import io.github.penstock.actuate.LimiterChanges;
import io.github.penstock.actuate.LimiterDescriber;
import io.github.penstock.actuate.LimiterHistory;
import io.github.penstock.actuate.LimiterOrigins;
import io.github.penstock.actuate.LimiterPause;
import io.github.penstock.actuate.LimiterPauses;
import io.github.penstock.actuate.LimiterUsages;
import io.github.penstock.actuate.LimitersBodyAdvice;
import io.github.penstock.actuate.LimitersEndpoint;
import io.github.penstock.actuate.LimitersEndpointWebExtension;
import io.github.penstock.actuate.LimitersRequestAdvisor;
import io.github.penstock.actuate.LimitersRequestFilter;
import io.github.penstock.actuate.UnprotectedWrites;
import io.github.penstock.http.HttpLimit;
import io.github.penstock.http.HttpLimits;
import io.github.penstock.http.PauseState;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.properties.PenstockProperties;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * {@link AutoConfiguration Auto-configuration} for the endpoint {@code limiters}.
 */
@AutoConfiguration(after = { PenstockAutoConfiguration.class, PenstockHttpClientAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
public final class PenstockEndpointAutoConfiguration {

	/**
	 * If it is exposed at all.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(LimitersEndpoint.class)
	@ImportRuntimeHints(EndpointHints.class)
	static final class EndpointConfiguration {

		@Bean
		@ConditionalOnMissingBean
		static AuditTrail limiterAuditTrail(ApplicationEventPublisher publisher) {
			return new AuditTrail(publisher);
		}

		@Bean
		@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
		static LimitersEndpoint limitersEndpoint(LimiterRegistry registry, LimiterOrigins origins,
				LimiterChanges changes, ObjectProvider<LimiterUsages> usages, ObjectProvider<LimiterPauses> pauses,
				ConfiguredProperties penstockConfiguredProperties) {
			boolean clearKeys = penstockConfiguredProperties.values()
				.keys()
				.show() == PenstockProperties.Keys.Show.CLEAR;
			return new LimitersEndpoint(registry, new LimiterDescriber(origins, usages, pauses, changes, clearKeys),
					changes);
		}

		@Bean
		@ConditionalOnBean(HttpLimits.class)
		static LimiterPauses httpClientPauses(HttpLimits clients) {
			return (limiter) -> clients.all()
				.values()
				.stream()
				.filter((client) -> client.bulkhead() == limiter || client.rateLimit() == limiter)
				.sorted(Comparator.comparing(HttpLimit::name))
				.map(EndpointConfiguration::pause)
				.filter((pause) -> !pause.restoring().isZero())
				.toList();
		}

		private static LimiterPause pause(HttpLimit client) {
			PauseState state = client.pause();
			return new LimiterPause(client.name(), state.paused(), state.restoring());
		}

	}

	/**
	 * Over HTTP.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication
	@ConditionalOnAvailableEndpoint(endpoint = LimitersEndpoint.class, exposure = EndpointExposure.WEB)
	static final class WebConfiguration {

		@Bean
		@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
		static LimitersEndpointWebExtension limitersEndpointWebExtension(LimitersEndpoint endpoint,
				ObjectProvider<LimiterHistory> history) {
			return new LimitersEndpointWebExtension(endpoint, history::getIfAvailable);
		}

		@Bean
		static LimitersRequestAdvisor limitersRequestAdvisor() {
			return new LimitersRequestAdvisor();
		}

		@Bean
		static UnprotectedWrites limitersUnprotectedWrites(ListableBeanFactory beanFactory,
				EndpointAccessResolver access) {
			return new UnprotectedWrites(beanFactory, access);
		}

	}

	/**
	 * Over HTTP, in Spring MVC.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DispatcherServlet.class)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnAvailableEndpoint(endpoint = LimitersEndpoint.class, exposure = EndpointExposure.WEB)
	static final class WebMvcConfiguration {

		@Bean
		static LimitersBodyAdvice limitersBodyAdvice() {
			return new LimitersBodyAdvice();
		}

	}

	/**
	 * Over HTTP, in WebFlux.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ WebFilter.class, DispatcherHandler.class })
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	@ConditionalOnAvailableEndpoint(endpoint = LimitersEndpoint.class, exposure = EndpointExposure.WEB)
	static final class WebFluxConfiguration {

		@Bean
		static LimitersRequestFilter limitersRequestFilter(ObjectProvider<PathMappedEndpoints> endpoints) {
			return new LimitersRequestFilter(new EndpointPaths(endpoints, "limiters"));
		}

		@Bean
		static EndpointHeadersFilter limitersHeadersFilter(ObjectProvider<PathMappedEndpoints> endpoints) {
			return EndpointHeadersFilter.limiters(new EndpointPaths(endpoints, "limiters"));
		}

	}

}
