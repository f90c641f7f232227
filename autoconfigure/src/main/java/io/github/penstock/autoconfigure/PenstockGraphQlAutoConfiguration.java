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

	private PenstockGraphQlAutoConfiguration() {
	}

	@Bean
	static GraphQlRefusals penstockGraphQlRefusals() {
		return new GraphQlRefusals();
	}

}
