package io.github.penstock.autoconfigure;

import graphql.GraphQLError;
import io.github.penstock.web.GraphQlRefusals;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.graphql.execution.DataFetcherExceptionResolver;

/**
 * {@link AutoConfiguration Auto-configuration} for refusals as GraphQL errors.
 */
@AutoConfiguration(afterName = "org.springframework.boot.graphql.autoconfigure.GraphQlAutoConfiguration")
@ConditionalOnClass({ DataFetcherExceptionResolver.class, GraphQLError.class, Mono.class })
@ConditionalOnBooleanProperty(name = { "penstock.enabled", "penstock.web.enabled" }, matchIfMissing = true)
public final class PenstockGraphQlAutoConfiguration {

	@Bean
	GraphQlRefusals penstockGraphQlRefusals() {
		return new GraphQlRefusals();
	}

}
