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

import java.util.Map;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.TimeSource;
import io.github.penstock.actuate.EndpointHeadersFilter;
import io.github.penstock.actuate.LimiterHistory;
import io.github.penstock.actuate.LimitersEndpoint;
import io.github.penstock.actuate.PageHints;
import io.github.penstock.actuate.PenstockPageEndpoint;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.util.StringUtils;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.WebFilter;

/**
 * {@link AutoConfiguration Auto-configuration} for the page {@code penstock}.
 */
@AutoConfiguration(after = PenstockEndpointAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnWebApplication
public final class PenstockPageAutoConfiguration {

	/**
	 * If it is exposed at all.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(PenstockPageEndpoint.class)
	@ImportRuntimeHints(PageHints.class)
	static final class PageConfiguration {

		@Bean
		@ConditionalOnMissingBean
		static PenstockPageEndpoint penstockPageEndpoint(EndpointAccessResolver access,
				WebEndpointProperties properties) {
			return new PenstockPageEndpoint(access, limitersAsSeenFromThePage(properties.getPathMapping()));
		}

		/** Only where there is a page to show it, and an endpoint to ask for it. */
		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnAvailableEndpoint(endpoint = LimitersEndpoint.class, exposure = EndpointExposure.WEB)
		static LimiterHistory penstockLimiterHistory(LimiterRegistry registry, ObjectProvider<TimeSource> times) {
			return new LimiterHistory(registry, times.getIfAvailable(TimeSource::system));
		}

		private static String limitersAsSeenFromThePage(Map<String, String> paths) {
			int depth = StringUtils.countOccurrencesOf(paths.getOrDefault("penstock", "penstock"), "/");
			return "../".repeat(depth) + paths.getOrDefault("limiters", "limiters");
		}

	}

	/**
	 * In WebFlux.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ WebFilter.class, DispatcherHandler.class })
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	@ConditionalOnAvailableEndpoint(PenstockPageEndpoint.class)
	static final class WebFluxConfiguration {

		@Bean
		static EndpointHeadersFilter penstockPageHeadersFilter(ObjectProvider<PathMappedEndpoints> endpoints,
				PenstockPageEndpoint page) {
			return EndpointHeadersFilter.page(new EndpointPaths(endpoints, "penstock"), page);
		}

	}

}
