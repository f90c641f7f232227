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

package io.github.penstock.actuate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;

/**
 * Reads requests for limiters as a whole: {@code for}, which cannot be the name of a
 * parameter in Java, what is misspelt, which would silently do nothing, what comes from
 * the query, which any web site may send, and what takes the place of the path, by which
 * an application may have said who may do what.
 */
public final class LimitersRequestAdvisor implements OperationInvokerAdvisor {

	static final String QUERY = "Values belong into the body, which is JSON: none may come from the query.";

	static final String PATH_ONLY = "'limiterKind' and 'limiterName' are part of the path, and may not be anywhere else.";

	private static final EndpointId LIMITERS = EndpointId.of("limiters");

	@Override
	public OperationInvoker apply(EndpointId endpoint, OperationType type, OperationParameters parameters,
			OperationInvoker invoker) {
		if (!endpoint.equals(LIMITERS)) {
			return invoker;
		}
		boolean one = parameters.stream().anyMatch((parameter) -> parameter.getName().equals("unknown"));
		return (context) -> {
			ServletCall.setHeaders(EndpointHeaders.DATA);
			return invoker.invoke(one ? read(type, context) : context);
		};
	}

	private static InvocationContext read(OperationType type, InvocationContext context) {
		Map<String, Object> arguments = new LinkedHashMap<>(context.getArguments());
		arguments.values().removeIf(Objects::isNull);
		String problem = problem(type, arguments);
		if (problem != null || type != OperationType.WRITE) {
			// The others might be of a kind that the parameters cannot take.
			arguments.keySet().retainAll(ChangeBody.PATH);
			ChangeBody.PATH.forEach((name) -> arguments.computeIfPresent(name, (key, value) -> value.toString()));
		}
		if (problem != null) {
			arguments.put("unknown", problem);
		}
		else if (arguments.containsKey("for")) {
			arguments.put("duration", arguments.remove("for"));
		}
		SecurityContext security = context.resolveArgument(SecurityContext.class);
		return new InvocationContext((security != null) ? security : SecurityContext.NONE, arguments);
	}

	private static @Nullable String problem(OperationType type, Map<String, Object> arguments) {
		Set<String> parameters = ServletCall.parameters();
		if (type != OperationType.READ && (ServletCall.hasQuery() || !parameters.isEmpty())) {
			return QUERY;
		}
		if (!Collections.disjoint(parameters, ChangeBody.PATH) || isOther(arguments)) {
			return PATH_ONLY;
		}
		if (type != OperationType.WRITE) {
			return null;
		}
		String problem = ServletCall.problem();
		if (problem != null) {
			return problem;
		}
		Set<String> names = new TreeSet<>(arguments.keySet());
		names.removeAll(ChangeBody.PATH);
		problem = ChangeBody.problem(names);
		if (problem != null) {
			return problem;
		}
		for (Map.Entry<String, Object> argument : arguments.entrySet()) {
			if (!(argument.getValue() instanceof String)) {
				return "'" + argument.getKey() + "' is there more than once.";
			}
		}
		return null;
	}

	/** Whether something has taken the place of what the path says. */
	private static boolean isOther(Map<String, Object> arguments) {
		Map<?, ?> path = ServletCall.path();
		return path != null
				&& !ChangeBody.PATH.stream().allMatch((name) -> Objects.equals(path.get(name), arguments.get(name)));
	}

}
