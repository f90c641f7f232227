package io.github.penstock.autoconfigure;

import java.util.Map;

import io.github.penstock.actuate.PageHints;
import io.github.penstock.actuate.PenstockPageEndpoint;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.util.StringUtils;

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

}
