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
