package io.github.penstock.autoconfigure;

import java.util.Map;

import io.github.penstock.actuate.EndpointHeadersFilter;
import io.github.penstock.actuate.PageHints;
import io.github.penstock.actuate.PenstockPageEndpoint;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
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
		PenstockPageEndpoint penstockPageEndpoint(EndpointAccessResolver access, WebEndpointProperties properties) {
			return new PenstockPageEndpoint(access, limitersAsSeenFromThePage(properties.getPathMapping()));
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
		EndpointHeadersFilter penstockPageHeadersFilter(ObjectProvider<PathMappedEndpoints> endpoints,
				PenstockPageEndpoint page) {
			return EndpointHeadersFilter.page(new EndpointPaths(endpoints, "penstock"), page);
		}

	}

}
