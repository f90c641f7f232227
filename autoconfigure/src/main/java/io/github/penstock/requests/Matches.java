package io.github.penstock.requests;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The rules that a request matches; most match one or none.
 */
final class Matches {

	private final IncomingRequest request;

	private @Nullable RequestRule first;

	private @Nullable List<RequestRule> several;

	Matches(IncomingRequest request) {
		this.request = request;
	}

	/** Take note that a pattern of a rule matches a reading of the path. */
	void add(RequestRule rule, CanonicalPath path) {
		if (this.first == rule || (this.several != null && this.several.contains(rule))
				|| !rule.limits(this.request, path)) {
			return;
		}
		if (this.first == null) {
			this.first = rule;
			return;
		}
		if (this.several == null) {
			this.several = new ArrayList<>();
			this.several.add(this.first);
		}
		this.several.add(rule);
	}

	boolean isEmpty() {
		return this.first == null;
	}

	/** The rule, if it is one only. */
	@Nullable RequestRule only() {
		return (this.several == null) ? this.first : null;
	}

	/** In the order in which all requests take from them. */
	List<RequestRule> all() {
		if (this.several == null) {
			return (this.first != null) ? List.of(this.first) : List.of();
		}
		this.several.sort(Comparator.comparing(RequestRule::name));
		return this.several;
	}

}
