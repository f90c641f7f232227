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

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.github.penstock.CallLimits;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Limits;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Which requests are limited, by what, and for whom. Not changed once it is among others.
 */
public final class RequestRule {

	/** How long a request waits for the outcome of others where its timeout is zero. */
	private static final Duration OUTCOME_PATIENCE = Duration.ofSeconds(5);

	private static final String NOBODY = "";

	private final String name;

	private final RulePaths paths;

	/** {@code null} for all. */
	private final @Nullable Set<String> methods;

	private final @Nullable RuleKey key;

	private final @Nullable ConcurrencyLimiter permits;

	private final @Nullable RateLimiter tokens;

	/** The responses that cost a token, {@code null} if each request does. */
	private final int @Nullable [] chargeStatuses;

	/** Of all rules of the same tokens, once they are together. */
	private @Nullable Outcomes outcomes;

	private final boolean headers;

	private final boolean keysShown;

	/** {@code null} for the limiter's own, as of the other one. */
	private final @Nullable Duration tokenTimeout;

	private final @Nullable Duration permitTimeout;

	/** The one that was told last, which nearly always is the next one as well. */
	private volatile @Nullable Policy policy;

	private final CallLimits<IncomingRequest> limits;

	/** The same, and what was taken comes back if a later rule refuses. */
	private final CallLimits<IncomingRequest> undoableLimits;

	private RequestRule(Builder builder) {
		this.name = builder.name;
		this.paths = builder.paths();
		this.methods = (builder.methods != null) ? Set.copyOf(builder.methods) : null;
		this.key = builder.key();
		this.permits = builder.permits;
		this.tokens = builder.tokens;
		this.tokenTimeout = builder.tokenTimeout;
		this.permitTimeout = builder.permitTimeout;
		this.chargeStatuses = (builder.chargeStatuses != null)
				? builder.chargeStatuses.stream().mapToInt(Integer::intValue).sorted().toArray() : null;
		this.outcomes = (this.chargeStatuses != null) ? new Outcomes() : null;
		this.headers = builder.headers;
		this.keysShown = builder.keysShown;
		this.limits = callLimits(this.chargeStatuses != null);
		this.undoableLimits = callLimits(true);
	}

	private CallLimits<IncomingRequest> callLimits(boolean settled) {
		List<CallLimits.Rate<IncomingRequest>> rates = (this.tokens == null) ? List.of()
				: List.of(new CallLimits.Rate<>(this.tokens, this.key, settled ? new TokenOfResponse() : null,
						patience(this.tokenTimeout)));
		return CallLimits.of(this.permits, this.key, patience(this.permitTimeout), rates);
	}

	private static @Nullable UnaryOperator<Duration> patience(@Nullable Duration timeout) {
		return (timeout != null) ? (inForce) -> timeout : null;
	}

	/**
	 * Begin a rule.
	 * @param name its name
	 * @return a builder
	 */
	public static Builder named(String name) {
		return new Builder(name);
	}

	/**
	 * Return the name of the rule.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return whether the name of the caller has to be known.
	 * @return whether a source of the key is the principal
	 */
	public boolean needsPrincipal() {
		return this.key != null && this.key.needsPrincipal();
	}

	/**
	 * Return whether the rule means nothing where nobody is ever authenticated.
	 * @return whether the principal is the only source of the key
	 */
	public boolean isPrincipalAlone() {
		return this.key != null && this.key.isPrincipalAlone();
	}

	/**
	 * Return whether this rule refuses all that another one would refuse, so that the
	 * other one never refuses anything.
	 * @param other the other rule
	 * @return whether it does, as far as can be told
	 */
	public boolean makesUnreachable(RequestRule other) {
		boolean methods = this.methods == null || (other.methods != null && this.methods.containsAll(other.methods));
		if (this == other || !methods || !this.paths.covers(other.paths) || this.chargeStatuses != null) {
			return false;
		}
		if (this.permits != null && this.permits.max() == 0) {
			return true;
		}
		return sameKeys(other) && !isLooserThan(other);
	}

	private boolean sameKeys(RequestRule other) {
		List<String> own = (this.key != null) ? this.key.texts() : List.of();
		boolean plans = (this.key != null && this.key.plan() != null)
				|| (other.key != null && other.key.plan() != null);
		return !plans && own.equals((other.key != null) ? other.key.texts() : List.of());
	}

	/** Whether the other rule may refuse where this one does not. */
	private boolean isLooserThan(RequestRule other) {
		boolean permits = other.permits != null && (this.permits == null || this.permits.max() > other.permits.max());
		return permits || (other.tokens != null && (this.tokens == null || isLooser(this.tokens, other.tokens)));
	}

	private static boolean isLooser(RateLimiter own, RateLimiter other) {
		return own.spec().sliding() != other.spec().sliding() || !own.spec().per().equals(other.spec().per())
				|| own.spec().limit().compareTo(other.spec().limit()) > 0
				|| own.spec().capacity() > other.spec().capacity();
	}

	RulePaths paths() {
		return this.paths;
	}

	/** Whether a request is limited whose path is included. */
	boolean limits(IncomingRequest request, CanonicalPath path) {
		return (this.methods == null || this.methods.contains(request.method())) && !this.paths.excludes(path);
	}

	/**
	 * What a request is limited by that can enter and exit, {@code null} if it cannot.
	 */
	@Nullable CallLimits<IncomingRequest> direct() {
		return (this.outcomes == null) ? this.limits : null;
	}

	Limits limits(IncomingRequest request, boolean undoable) {
		return (undoable ? this.undoableLimits : this.limits).of(request);
	}

	boolean hasPermits() {
		return this.permits != null;
	}

	boolean hasHeaders() {
		return this.headers;
	}

	/** Decide about tokens together with all rules that take from the same limiter. */
	void decideTogether(Map<RateLimiter, Outcomes> known) {
		if (this.outcomes != null && this.tokens != null) {
			this.outcomes = known.computeIfAbsent(this.tokens, (tokens) -> new Outcomes());
		}
	}

	/** Whether a request takes the same token by another rule. */
	boolean takesSameTokens(RequestRule other, IncomingRequest request) {
		return this.tokens != null && this.tokens == other.tokens && (this.outcomes == null) == (other.outcomes == null)
				&& keyOf(request).equals(other.keyOf(request));
	}

	/** Whether a request takes the same permit by another rule. */
	boolean takesSamePermits(RequestRule other, IncomingRequest request) {
		return this.permits != null && this.permits == other.permits && keyOf(request).equals(other.keyOf(request));
	}

	/** The name of the bulkhead, empty if there is none. */
	String bulkhead() {
		return (this.permits != null) ? this.permits.name() : "";
	}

	@Nullable Outcomes outcomes() {
		return this.outcomes;
	}

	/** Whose limits the request takes from. */
	Object keyOf(IncomingRequest request) {
		return (this.key != null) ? this.key.key(request) : NOBODY;
	}

	/** The tokens that the request takes from. */
	RateLimiter tokens(IncomingRequest request) {
		RateLimiter tokens = this.tokens;
		if (tokens == null) {
			throw new IllegalStateException("'" + this.name + "' has no rate limit");
		}
		return (this.key != null) ? tokens.forKey(this.key.key(request), this.key.plan(request)) : tokens;
	}

	/** Whether the response costs a token. */
	boolean isCharged(IncomingRequest request) {
		return !request.isRefusedLater()
				&& (this.chargeStatuses == null || Arrays.binarySearch(this.chargeStatuses, request.status()) >= 0);
	}

	/** How long a request waits for the outcome of others. */
	long patienceNanos() {
		Duration timeout = this.tokenTimeout;
		if (timeout == null && this.tokens != null) {
			timeout = this.tokens.spec().timeout();
		}
		return ((timeout == null || timeout.isZero()) ? OUTCOME_PATIENCE : timeout).toNanos();
	}

	/** What a client is told of the limits; nothing of those that refuse nobody. */
	List<Quota> quotas(IncomingRequest request) {
		List<Quota> quotas = new ArrayList<>();
		if (this.tokens != null && this.tokens.spec().enforce() > 0) {
			RateLimiter tokens = tokens(request);
			quotas.add(Quota.of(tokens, policy(tokens, (this.key != null) ? this.key.plan(request) : null)));
		}
		ConcurrencyLimiter permits = this.permits;
		if (permits != null && permits.spec().enforce() > 0) {
			quotas.add(Quota
				.of((this.key != null) ? permits.forKey(this.key.key(request), this.key.plan(request)) : permits));
		}
		return quotas;
	}

	/** The policy of a limiter of this rule, worked out anew when its values change. */
	private String policy(RateLimiter tokens, @Nullable String plan) {
		RateLimiterSpec inForce = Objects.requireNonNull(this.tokens).spec();
		Policy policy = this.policy;
		if (policy == null || policy.spec != inForce || !Objects.equals(policy.plan, plan)) {
			policy = new Policy(inForce, plan, Quota.policy(tokens.spec()));
			this.policy = policy;
		}
		return policy.text;
	}

	/** The key of a request, {@code null} if nobody may see it. */
	@Nullable String shownKey(IncomingRequest request) {
		return (this.keysShown && this.key != null) ? this.key.key(request).toString() : null;
	}

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * What the values of the rate limit are told as.
	 *
	 * @param spec the values of the limiter
	 * @param plan the plan of the key
	 * @param text the policy
	 */
	private record Policy(RateLimiterSpec spec, @Nullable String plan, String text) {
	}

	/** Comes back if the response does not cost it. */
	private final class TokenOfResponse implements CallLimits.Cost<IncomingRequest> {

		@Override
		public long cost(IncomingRequest request) {
			return 1;
		}

		@Override
		public boolean isSettled() {
			return true;
		}

		@Override
		public long actual(IncomingRequest request, @Nullable Object result, @Nullable Throwable error) {
			return isCharged(request) ? 1 : 0;
		}

	}

	/**
	 * Makes a rule.
	 */
	public static final class Builder {

		private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
				"TRACE");

		private static final String EXCLUDED = "!";

		private final String name;

		private final List<PathTest> included = new ArrayList<>();

		private final List<PathTest> excluded = new ArrayList<>();

		private @Nullable Set<String> methods;

		private final List<String> keyTexts = new ArrayList<>();

		private final List<KeySource> keySources = new ArrayList<>();

		private @Nullable KeySource plan;

		private @Nullable ConcurrencyLimiter permits;

		private @Nullable RateLimiter tokens;

		private @Nullable Duration permitTimeout;

		private @Nullable Duration tokenTimeout;

		private @Nullable Set<Integer> chargeStatuses;

		private boolean headers;

		private boolean keysShown;

		private Builder(String name) {
			this.name = name;
		}

		/**
		 * Add paths.
		 * @param pattern one of Spring's path patterns; what is behind an exclamation
		 * mark is not limited
		 * @param parser parses it
		 * @return this builder
		 * @throws IllegalArgumentException if it can be the path of no request
		 */
		public Builder path(String pattern, PathPatternParser parser) {
			String path = pattern.trim();
			if (path.startsWith(EXCLUDED)) {
				this.excluded.add(PathTest.parse(path.substring(1).trim(), parser));
			}
			else {
				this.included.add(PathTest.parse(path, parser));
			}
			return this;
		}

		/**
		 * Exclude what no rule means that does not name it, when all paths are added.
		 * @param paths paths that are not limited, nor what is below them, unless a
		 * pattern is one of them or below
		 * @param parser parses them
		 * @return this builder
		 * @throws IllegalArgumentException if nothing is left of the paths that were
		 * added
		 */
		public Builder unlimited(List<String> paths, PathPatternParser parser) {
			if (this.included.isEmpty()) {
				throw new IllegalArgumentException(
						"there is no path that is not excluded, so that nothing would be limited");
			}
			if (new RulePaths(this.included, this.excluded).isEmpty()) {
				throw new IllegalArgumentException(
						"what is excluded is all there is, so that nothing would be limited");
			}
			for (String path : paths) {
				if (this.included.stream().noneMatch((test) -> test.isWithin(path))) {
					this.excluded.add(PathTest.parse(path + "/**", parser));
				}
			}
			return this;
		}

		/**
		 * Add a method. GET means HEAD as well, which the same handlers answer.
		 * @param method its name, in any case
		 * @return this builder
		 * @throws IllegalArgumentException if it can be no method
		 */
		public Builder method(String method) {
			String upper = method.trim().toUpperCase(Locale.ROOT);
			if (!KeySource.TOKEN.matcher(upper).matches() || (!METHODS.contains(upper) && isMisspelt(upper))) {
				throw new IllegalArgumentException("'" + method + "' is no method of HTTP");
			}
			Set<String> all = (this.methods != null) ? this.methods : new LinkedHashSet<>();
			all.add(upper);
			if (upper.equals("GET")) {
				all.add("HEAD");
			}
			this.methods = all;
			return this;
		}

		/** Others have methods of their own, none of which is so near to a common one. */
		private static boolean isMisspelt(String method) {
			return METHODS.stream()
				.anyMatch((known) -> sorted(known).equals(sorted(method)) || known.startsWith(method)
						|| method.startsWith(known));
		}

		private static String sorted(String text) {
			char[] chars = text.toCharArray();
			Arrays.sort(chars);
			return new String(chars);
		}

		/**
		 * Add a source of the key that tells whose limits a request takes from; the first
		 * that there is counts. The paths must be set before.
		 * @param source where the key comes from
		 * @param beans finds the bean of a name, and throws if there is none
		 * @return this builder
		 * @throws IllegalArgumentException if it is no source
		 */
		public Builder key(String source, Function<String, RequestKey> beans) {
			this.keySources.add(KeySource.parse(source, paths(), beans));
			this.keyTexts.add(source.trim());
			return this;
		}

		/**
		 * Set where the name of the plan of the key comes from.
		 * @param source where it comes from, see {@link #key}
		 * @param beans finds the bean of a name, and throws if there is none
		 * @return this builder
		 * @throws IllegalArgumentException if it is no source
		 */
		public Builder plan(String source, Function<String, RequestKey> beans) {
			this.plan = KeySource.parse(source, paths(), beans);
			return this;
		}

		private RulePaths paths() {
			return new RulePaths(List.copyOf(this.included), List.copyOf(this.excluded));
		}

		private @Nullable RuleKey key() {
			return this.keySources.isEmpty() ? null
					: new RuleKey(List.copyOf(this.keySources), List.copyOf(this.keyTexts), this.plan);
		}

		/**
		 * Set what limits how many requests are under way at once.
		 * @param permits the limiter, {@code null} for none
		 * @return this builder
		 */
		public Builder permits(@Nullable ConcurrencyLimiter permits) {
			this.permits = permits;
			return this;
		}

		/**
		 * Set what limits how many requests begin in a time.
		 * @param tokens the limiter, {@code null} for none
		 * @return this builder
		 */
		public Builder tokens(@Nullable RateLimiter tokens) {
			this.tokens = tokens;
			return this;
		}

		/**
		 * Set how long a request may wait for a permit.
		 * @param timeout the time, zero for not at all; {@code null} for the limiter's
		 * @return this builder
		 */
		public Builder permitTimeout(@Nullable Duration timeout) {
			this.permitTimeout = timeout;
			return this;
		}

		/**
		 * Set how long a request may wait for a token.
		 * @param timeout the time, zero for not at all; {@code null} for the limiter's
		 * @return this builder
		 */
		public Builder tokenTimeout(@Nullable Duration timeout) {
			this.tokenTimeout = timeout;
			return this;
		}

		/**
		 * Add a status code of responses that cost a token; all others cost none.
		 * @param status the code
		 * @return this builder
		 * @throws IllegalArgumentException if it is no status code
		 */
		public Builder chargeStatus(String status) {
			if (!status.trim().matches("[1-5]\\d\\d")) {
				throw new IllegalArgumentException("'" + status + "' is no status code: write a number such as 401");
			}
			this.chargeStatuses = (this.chargeStatuses != null) ? this.chargeStatuses : new LinkedHashSet<>();
			this.chargeStatuses.add(Integer.valueOf(status.trim()));
			return this;
		}

		/**
		 * Have all responses tell the limits, not only those to refused requests.
		 * @param headers whether they do
		 * @return this builder
		 */
		public Builder headers(boolean headers) {
			this.headers = headers;
			return this;
		}

		/**
		 * Have responses tell the key.
		 * @param shown whether keys may be seen
		 * @return this builder
		 */
		public Builder keysShown(boolean shown) {
			this.keysShown = shown;
			return this;
		}

		/**
		 * Make the rule.
		 * @return the rule
		 */
		public RequestRule build() {
			return new RequestRule(this);
		}

	}

}
