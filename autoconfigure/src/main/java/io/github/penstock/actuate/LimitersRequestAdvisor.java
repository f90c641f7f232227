package io.github.penstock.actuate;

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
 * Reads requests to change a limiter as a whole: {@code for}, which cannot be the name of
 * a parameter in Java, what is misspelt, which would silently do nothing, and what comes
 * from the query, which any web site may send.
 */
public final class LimitersRequestAdvisor implements OperationInvokerAdvisor {

	static final String QUERY = "Values belong into the body, which is JSON: none may come from the query.";

	private static final EndpointId LIMITERS = EndpointId.of("limiters");

	private static final Set<String> KNOWN = Set.of("limiterKind", "limiterName", "max", "rps", "limit", "per", "burst",
			"timeout", "maxWaiting", "for", "version");

	@Override
	public OperationInvoker apply(EndpointId endpoint, OperationType type, OperationParameters parameters,
			OperationInvoker invoker) {
		boolean change = endpoint.equals(LIMITERS) && type == OperationType.WRITE
				&& parameters.stream().anyMatch((parameter) -> parameter.getName().equals("unknown"));
		return (change) ? (context) -> invoker.invoke(read(context)) : invoker;
	}

	private static InvocationContext read(InvocationContext context) {
		Map<String, Object> arguments = new LinkedHashMap<>(context.getArguments());
		arguments.values().removeIf(Objects::isNull);
		String problem = problem(arguments);
		arguments.keySet().retainAll(KNOWN);
		if (problem != null) {
			// The others might be of a kind that the parameters cannot take.
			arguments.keySet().retainAll(Set.of("limiterKind", "limiterName"));
			arguments.put("unknown", problem);
		}
		else if (arguments.containsKey("for")) {
			arguments.put("duration", arguments.remove("for"));
		}
		SecurityContext security = context.resolveArgument(SecurityContext.class);
		return new InvocationContext((security != null) ? security : SecurityContext.NONE, arguments);
	}

	private static @Nullable String problem(Map<String, Object> arguments) {
		if (ServletQuery.isSent()) {
			return QUERY;
		}
		Set<String> unknown = new TreeSet<>(arguments.keySet());
		unknown.removeAll(KNOWN);
		if (!unknown.isEmpty()) {
			return "Unknown: " + unknown
					+ ". There are max, rps, limit, per, burst, timeout, maxWaiting, for and version.";
		}
		for (Map.Entry<String, Object> argument : arguments.entrySet()) {
			if (!(argument.getValue() instanceof String)) {
				return "'" + argument.getKey() + "' is there more than once.";
			}
		}
		return null;
	}

}
