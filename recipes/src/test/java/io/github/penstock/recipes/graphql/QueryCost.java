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

package io.github.penstock.recipes.graphql;

import java.util.List;
import java.util.Map;

import graphql.ErrorClassification;
import graphql.ExecutionResult;
import graphql.GraphQLError;
import graphql.analysis.FieldComplexityEnvironment;
import graphql.analysis.QueryComplexityCalculator;
import graphql.execution.AbortExecutionException;
import graphql.execution.ExecutionContext;
import graphql.execution.instrumentation.InstrumentationContext;
import graphql.execution.instrumentation.InstrumentationState;
import graphql.execution.instrumentation.SimplePerformantInstrumentation;
import graphql.execution.instrumentation.parameters.InstrumentationExecuteOperationParameters;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.web.Refusal;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;

/**
 * Has a query paid for by the fields that it asks for, before the first is fetched.
 */
@Component
class QueryCost extends SimplePerformantInstrumentation {

	private final QueryBudget budget;

	QueryCost(QueryBudget budget) {
		this.budget = budget;
	}

	@Override
	public @Nullable InstrumentationContext<ExecutionResult> beginExecuteOperation(
			InstrumentationExecuteOperationParameters parameters, InstrumentationState state) {
		ExecutionContext query = parameters.getExecutionContext();
		try {
			this.budget.pay(query.getGraphQLContext().get("customer"), complexityOf(query));
		}
		catch (RateLimitExceededException ex) {
			ProblemDetail problem = Refusal.of(ex).getBody();
			throw new AbortExecutionException(List.of(GraphQLError.newError()
				.message(problem.getDetail())
				.errorType(ErrorClassification.errorClassification("TOO_MANY_REQUESTS"))
				.extensions(Map.copyOf(problem.getProperties()))
				.build()));
		}
		return super.beginExecuteOperation(parameters, state);
	}

	private static int complexityOf(ExecutionContext query) {
		return QueryComplexityCalculator.newCalculator()
			.fieldComplexityCalculator(QueryCost::complexityOf)
			.schema(query.getGraphQLSchema())
			.document(query.getDocument())
			.operationName(query.getExecutionInput().getOperationName())
			.variables(query.getCoercedVariables())
			.build()
			.calculate();
	}

	/** A list costs as many times what one of its elements does as are asked for. */
	private static int complexityOf(FieldComplexityEnvironment field, int children) {
		return 1 + children * (int) field.getArguments().getOrDefault("first", 1);
	}

}
