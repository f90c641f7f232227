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

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.github.penstock.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * The rules of an application for the requests that come in. All rules that a request
 * matches hold: those that need the name of the caller when that is known, all others
 * before. Thread-safe.
 */
public final class RequestLimits {

	private final Supplier<List<RequestRule>> source;

	private final AtomicReference<@Nullable Index> index = new AtomicReference<>();

	private RequestLimits(Supplier<List<RequestRule>> source) {
		this.source = source;
	}

	/**
	 * Bring rules together that are made when they are needed first.
	 * @param rules gives the rules; of several threads that are first, one wins
	 * @return the limits
	 */
	public static RequestLimits lazy(Supplier<List<RequestRule>> rules) {
		return new RequestLimits(rules);
	}

	/**
	 * Return all rules.
	 * @return the rules
	 */
	public List<RequestRule> rules() {
		return index().rules;
	}

	/** The rules that a request matches. */
	Matches match(IncomingRequest request, Phase phase) {
		Matches matches = new Matches(request);
		Index index = index();
		PathIndex paths = (phase == Phase.ARRIVED) ? index.arrived : index.authenticated;
		CanonicalPath path = request.path();
		paths.find(path, matches);
		if (path.other() != null) {
			findOthers(path, paths, matches);
		}
		return matches;
	}

	/** Apart, so that what nearly all requests do stays small. */
	private static void findOthers(CanonicalPath path, PathIndex paths, Matches matches) {
		for (CanonicalPath other = path.other(); other != null; other = other.other()) {
			paths.find(other, matches);
		}
	}

	/** Whether a rule will be asked when it is known who calls. */
	boolean isAskedAgain(IncomingRequest request) {
		return index().asksAgain && !match(request, Phase.AUTHENTICATED).isEmpty();
	}

	private Index index() {
		Index index = this.index.get();
		if (index == null) {
			// Foreign code, which may wait for others: not to be run under a lock.
			Index made = new Index(this.source.get());
			index = this.index.compareAndExchange(null, made);
			index = (index != null) ? index : made;
		}
		return index;
	}

	/**
	 * When rules are asked.
	 */
	public enum Phase {

		/** The request has arrived, and nobody has looked who sends it. */
		ARRIVED,

		/** It is known who sends it. */
		AUTHENTICATED

	}

	/** Not changed any more. */
	private static final class Index {

		private final List<RequestRule> rules;

		private final PathIndex arrived;

		private final PathIndex authenticated;

		private final boolean asksAgain;

		private Index(List<RequestRule> rules) {
			this.rules = List.copyOf(rules);
			Map<RateLimiter, Outcomes> outcomes = new IdentityHashMap<>();
			rules.forEach((rule) -> rule.decideTogether(outcomes));
			this.arrived = new PathIndex(rules.stream().filter((rule) -> !rule.needsPrincipal()).toList());
			this.authenticated = new PathIndex(rules.stream().filter(RequestRule::needsPrincipal).toList());
			this.asksAgain = rules.stream().anyMatch(RequestRule::needsPrincipal);
		}

	}

}
