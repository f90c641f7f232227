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

package io.github.penstock.web;

import java.util.List;

import graphql.GraphQLError;
import graphql.GraphqlErrorBuilder;
import graphql.schema.DataFetchingEnvironment;
import io.github.penstock.LimitExceededException;
import io.github.penstock.VisibleText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.graphql.execution.DataFetcherExceptionResolver;
import org.springframework.graphql.execution.SubscriptionExceptionResolver;

/**
 * Makes GraphQL errors of the refusals that no exception handler of the application took:
 * with the classification {@code TOO_MANY_REQUESTS} for a rate limit and
 * {@code SERVICE_UNAVAILABLE} for a bulkhead, and the extensions {@code limiter} and
 * {@code retryAfter} in seconds, and as far as there are any {@code key} and
 * {@code cost}. Those of data fetchers, and of the streams of subscriptions.
 */
public final class GraphQlRefusals implements DataFetcherExceptionResolver, SubscriptionExceptionResolver, Ordered {

	private static final Log logger = LogFactory.getLog(GraphQlRefusals.class);

	@Override
	public Mono<List<GraphQLError>> resolveException(Throwable failure, DataFetchingEnvironment environment) {
		return resolve(failure, GraphqlErrorBuilder.newError(environment));
	}

	@Override
	public Mono<List<GraphQLError>> resolveException(Throwable failure) {
		return resolve(failure, GraphqlErrorBuilder.newError());
	}

	private static Mono<List<GraphQLError>> resolve(Throwable failure, GraphqlErrorBuilder<?> error) {
		LimitExceededException refusal = find(failure);
		if (refusal == null) {
			return Mono.empty();
		}
		if (logger.isDebugEnabled()) {
			logger.debug("Answering with a GraphQL error to " + VisibleText.of(failure));
		}
		RefusalTerms terms = RefusalTerms.of(refusal);
		return Mono.just(List.of(error.message(terms.detail())
			.errorType(terms.tooMany() ? RefusalErrorType.TOO_MANY_REQUESTS : RefusalErrorType.SERVICE_UNAVAILABLE)
			.extensions(terms.properties())
			.build()));
	}

	/** Whoever wrapped it in what is a GraphQL error by itself has answered already. */
	private static @Nullable LimitExceededException find(Throwable failure) {
		Throwable candidate = failure;
		for (int i = 0; i < RefusalTerms.MAX_CAUSES && candidate != null && !(candidate instanceof GraphQLError); i++) {
			if (candidate instanceof LimitExceededException refusal) {
				return refusal;
			}
			candidate = candidate.getCause();
		}
		return null;
	}

	/** After those of the application, which are asked in the order of their beans. */
	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
