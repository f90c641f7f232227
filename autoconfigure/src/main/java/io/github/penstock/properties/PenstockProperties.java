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

package io.github.penstock.properties;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterSpec;
import io.github.penstock.Sharing;
import io.github.penstock.actuate.PercentText;
import io.github.penstock.http.Release;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What stands below {@code penstock} in the configuration, as it was written: the specs
 * validate it. Bound by {@link PropertiesReader}, for names of limiters have dots.
 *
 * @param enabled Whether calls are limited. If not, annotated methods are called as if
 * they had no annotation, and the limiters in the registry let everything in.
 * @param aop How annotated methods are limited.
 * @param web How refusals reach the clients of a web application.
 * @param holders Whether limiters know who holds their permits.
 * @param keys How the keys of limiters are shown.
 * @param shared What the instances of a service have in common that share limiters.
 * @param defaults Values for limiters that do not have their own.
 * @param bulkheads Bulkheads by name: how many calls may run at once.
 * @param rateLimits Rate limits by name: how many calls may begin in a time.
 * @param dataSources Data sources by the names of their beans: how many connections may
 * be handed out at once.
 * @param httpClients HTTP clients by name: how many requests to their hosts may be in
 * flight at once, and how many may begin in a time.
 * @param requests Rules for requests that come in, by name: how many may be under way at
 * once, and how many may begin in a time.
 */
@ConfigurationProperties("penstock")
public record PenstockProperties(@DefaultValue("true") boolean enabled, @DefaultValue Aop aop, @DefaultValue Web web,
		@DefaultValue Holders holders, @DefaultValue Keys keys, @DefaultValue Shared shared,
		@DefaultValue Defaults defaults, @DefaultValue Map<String, Bulkhead> bulkheads,
		@DefaultValue Map<String, RateLimit> rateLimits, @DefaultValue Map<String, DataSource> dataSources,
		@DefaultValue Map<String, HttpClient> httpClients, @DefaultValue Map<String, Request> requests) {

	/** What there is where nothing is written. */
	static final PenstockProperties DEFAULT = new PenstockProperties(true, Aop.DEFAULT, Web.DEFAULT, Holders.DEFAULT,
			Keys.DEFAULT, Shared.DEFAULT, Defaults.DEFAULT, Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

	/** What is not a share of a hundred was refused before. */
	static @Nullable Integer percent(@Nullable String text) {
		return (text != null) ? PercentText.read(text.trim()) : null;
	}

	/**
	 * How annotated methods are limited.
	 *
	 * @param mode Mechanism that limits calls: proxies of beans, or classes woven by
	 * AspectJ.
	 * @param order Where limits stand among the advice of a bean: after all that has a
	 * lower order. Not given, that is all that has an order of its own.
	 */
	public record Aop(@DefaultValue("proxy") Mode mode, @DefaultValue("2147483647") int order) {

		static final Aop DEFAULT = new Aop(Mode.PROXY, Integer.MAX_VALUE);

		/**
		 * Mechanism that limits calls.
		 */
		public enum Mode {

			/** Beans are proxied, and calls through the proxy are limited. */
			PROXY,

			/** Classes are woven by AspectJ, and all calls are limited. */
			ASPECTJ

		}

	}

	/**
	 * How refusals reach the clients of a web application.
	 *
	 * @param enabled Whether a refusal that nobody handles becomes a response of 503 or
	 * 429 with Retry-After.
	 */
	public record Web(@DefaultValue("true") boolean enabled) {

		static final Web DEFAULT = new Web(true);

	}

	/**
	 * Whether limiters know who holds their permits.
	 *
	 * @param enabled Whether bulkheads know who holds their permits and who waits for
	 * them.
	 * @param leakAfter How long a permit may be held before it is reported. Not reported
	 * if it is not set.
	 */
	public record Holders(@DefaultValue("false") boolean enabled, @Nullable Duration leakAfter) {

		static final Holders DEFAULT = new Holders(false, null);

	}

	/**
	 * How the keys of limiters are shown.
	 *
	 * @param show Whether the endpoint shows keys as the beginning of their hash, or in
	 * clear.
	 */
	public record Keys(@DefaultValue("hashed") Show show) {

		static final Keys DEFAULT = new Keys(Show.HASHED);

		/**
		 * In what form keys are shown.
		 */
		public enum Show {

			/** Keys are shown as the beginning of their hash. */
			HASHED,

			/** Keys are shown as they are, to all who may see the endpoint. */
			CLEAR

		}

	}

	/**
	 * What the instances of a service have in common that share limiters.
	 *
	 * @param namespace Name that they have in common, and no other service has. The
	 * application's name if it is not set.
	 * @param onOutage What holds for a shared limiter while Redis does not answer, where
	 * the limiter's properties do not say it.
	 * @param budget How long a call may wait for Redis to answer.
	 * @param lease How long an instance keeps permits that it does not renew.
	 */
	public record Shared(@Nullable String namespace, @DefaultValue("local-share") Sharing.OnOutage onOutage,
			@DefaultValue("50ms") Duration budget, @DefaultValue("30s") Duration lease) {

		static final Shared DEFAULT = new Shared(null, Sharing.OnOutage.LOCAL_SHARE, Duration.ofMillis(50),
				Duration.ofSeconds(30));

	}

	/**
	 * Values for limiters that do not have their own.
	 *
	 * @param timeout How long a call may wait where neither the limiter's properties nor
	 * its annotations say it.
	 * @param enforce Share of the calls beyond a limit that the limit holds for, in
	 * percent, where the limiter's properties do not say it. Zero refuses nobody and
	 * counts who would be.
	 * @param bulkhead Values for bulkheads, before those for all limiters.
	 * @param rateLimit Values for rate limits, before those for all limiters.
	 */
	public record Defaults(@Nullable Duration timeout, @Nullable String enforce, @DefaultValue Bulkhead bulkhead,
			@DefaultValue RateLimit rateLimit) {

		static final Defaults DEFAULT = new Defaults(null, null, Bulkhead.EMPTY, RateLimit.EMPTY);

		Duration timeoutOrDefault() {
			return (this.timeout != null) ? this.timeout : ConcurrencyLimiterSpec.DEFAULT_TIMEOUT;
		}

		int enforceOrDefault() {
			Integer percent = percent(this.enforce);
			return (percent != null) ? percent : LimiterSpec.ENFORCED;
		}

	}

	/**
	 * Bulkhead. What is left out comes from the annotations.
	 *
	 * @param max How many calls may run at once. Zero lets none in.
	 * @param timeout How long a call may wait for a permit. Zero for not at all.
	 * @param maxWaiting How many calls may stand in line.
	 * @param unhealthyAfter How long it may be full before the application is out of
	 * service. Not looked at if it is not set.
	 * @param enforce Share of the calls beyond the limit that the limit holds for, in
	 * percent. Zero refuses nobody and counts who would be.
	 * @param maxKeys How many keys may have permits of their own at a time.
	 * @param shared Whether all instances of the service share the permits, by Redis.
	 * @param onOutage What holds while Redis does not answer.
	 * @param maxHold How long a call may hold a permit that is shared. After that it is
	 * another call's, though the call goes on. As long as it runs if it is not set.
	 * @param plans Plans by name: how many permits some keys have instead.
	 */
	public record Bulkhead(@Nullable Integer max, @Nullable Duration timeout, @Nullable Integer maxWaiting,
			@Nullable Duration unhealthyAfter, @Nullable String enforce, @Nullable Integer maxKeys,
			@Nullable Boolean shared, Sharing.@Nullable OnOutage onOutage, @Nullable Duration maxHold,
			@DefaultValue Map<String, BulkheadPlan> plans) {

		static final Bulkhead EMPTY = new Bulkhead(null, null, null, null, null, null, null, null, null, Map.of());

	}

	/**
	 * Plan of a bulkhead: what some keys have instead of the limiter's values.
	 *
	 * @param max How many calls of such a key may run at once. Zero lets none in.
	 */
	public record BulkheadPlan(@Nullable Integer max) {
	}

	/**
	 * Rate limit. What is left out comes from the annotations.
	 *
	 * @param rps Calls per second; fractions are allowed. Either this, or limit and per.
	 * @param limit Calls in each period.
	 * @param per Period of the limit.
	 * @param burst How many calls a full bucket lets through at once.
	 * @param timeout How long a call may wait for a token. Zero for not at all.
	 * @param maxWaiting How many calls may stand in line.
	 * @param sliding Whether at most limit calls begin in any window of length per, with
	 * no burst.
	 * @param enforce Share of the calls beyond the limit that the limit holds for, in
	 * percent. Zero refuses nobody and counts who would be.
	 * @param maxKeys How many keys may have tokens of their own at a time.
	 * @param shared Whether all instances of the service share the tokens, by Redis.
	 * @param onOutage What holds while Redis does not answer.
	 * @param plans Plans by name: what some keys have instead of the rate and the burst.
	 */
	public record RateLimit(@Nullable BigDecimal rps, @Nullable Long limit, @Nullable Duration per,
			@Nullable Long burst, @Nullable Duration timeout, @Nullable Integer maxWaiting, @Nullable Boolean sliding,
			@Nullable String enforce, @Nullable Integer maxKeys, @Nullable Boolean shared,
			Sharing.@Nullable OnOutage onOutage, @DefaultValue Map<String, RatePlan> plans) {

		static final RateLimit EMPTY = new RateLimit(null, null, null, null, null, null, null, null, null, null, null,
				Map.of());

	}

	/**
	 * Plan of a rate limit: what some keys have instead of the limiter's values, which
	 * hold for what it leaves out.
	 *
	 * @param rps Calls per second; fractions are allowed. Either this, or limit and per.
	 * @param limit Calls in each period.
	 * @param per Period of the limit.
	 * @param burst How many calls a full bucket lets through at once.
	 */
	public record RatePlan(@Nullable BigDecimal rps, @Nullable Long limit, @Nullable Duration per,
			@Nullable Long burst) {
	}

	/**
	 * HTTP client. Has either numbers of its own or the names of limiters, for requests
	 * in flight and for requests in a time each.
	 *
	 * @param hosts Hosts whose requests are limited, such as api.example.com,
	 * api.example.com:8443 or *.example.com.
	 * @param bulkhead Name of the bulkhead that limits how many requests are in flight,
	 * instead of max.
	 * @param rateLimit Name of the rate limit, instead of rps, or limit and per.
	 * @param max How many requests may be in flight at once. Zero lets none out.
	 * @param timeout How long a request may wait. Zero for not at all.
	 * @param maxWaiting How many requests may stand in line.
	 * @param rps Requests per second; fractions are allowed. Either this, or limit and
	 * per.
	 * @param limit Requests in each period.
	 * @param per Period of the limit.
	 * @param burst How many requests a full bucket lets through at once.
	 * @param sliding Whether at most limit requests begin in any window of length per,
	 * with no burst.
	 * @param enforce Share of the requests beyond the limits of its own that they hold
	 * for, in percent. Zero refuses none and counts which would be.
	 * @param release When a request is over: with the body of its response, or with the
	 * headers.
	 * @param bodyTimeout How long a body that nobody reads or closes keeps its permit.
	 * @param maxPause How long a server may have requests wait.
	 * @param defaultPause How long requests wait after a 429 that does not say how long.
	 * @param shared Whether all instances of the service share the limits of its own, by
	 * Redis.
	 * @param onOutage What holds while Redis does not answer.
	 */
	public record HttpClient(@Nullable List<String> hosts, @Nullable String bulkhead, @Nullable String rateLimit,
			@Nullable Integer max, @Nullable Duration timeout, @Nullable Integer maxWaiting, @Nullable BigDecimal rps,
			@Nullable Long limit, @Nullable Duration per, @Nullable Long burst, @Nullable Boolean sliding,
			@Nullable String enforce, @DefaultValue("body") Release release, @Nullable Duration bodyTimeout,
			@Nullable Duration maxPause, @Nullable Duration defaultPause, @Nullable Boolean shared,
			Sharing.@Nullable OnOutage onOutage) {

		/** The bulkhead that has the name of the client. */
		@Nullable Bulkhead ownBulkhead() {
			return (this.max != null) ? new Bulkhead(this.max, this.timeout, this.maxWaiting, null, this.enforce, null,
					this.shared, this.onOutage, null, Map.of()) : null;
		}

		/** The rate limit that has the name of the client. */
		@Nullable RateLimit ownRateLimit() {
			boolean own = this.rps != null || this.limit != null || this.per != null || this.burst != null
					|| this.sliding != null;
			return (own) ? new RateLimit(this.rps, this.limit, this.per, this.burst, this.timeout, this.maxWaiting,
					this.sliding, this.enforce, null, this.shared, this.onOutage, Map.of()) : null;
		}

	}

	/**
	 * Rule for requests that come in. Has either numbers of its own or the names of
	 * limiters, for requests under way and for requests in a time each.
	 *
	 * @param paths Path patterns of the requests that are limited, such as /api/**; those
	 * that begin with an exclamation mark are not.
	 * @param methods Methods of the requests that are limited. All if it is not set.
	 * @param key Whose limits a request takes from: principal, ip, header:name,
	 * cookie:name, query:name, path:variable or @bean; of several the first that there is
	 * counts. Everybody's if it is not set.
	 * @param plan Where the name of a plan of the limiters comes from, in the same way.
	 * @param bulkhead Name of the bulkhead that limits how many requests are under way,
	 * instead of max.
	 * @param rateLimit Name of the rate limit, instead of rps, or limit and per.
	 * @param max How many requests may be under way at once. Zero lets none in.
	 * @param rps Requests per second; fractions are allowed. Either this, or limit and
	 * per.
	 * @param limit Requests in each period.
	 * @param per Period of the limit.
	 * @param burst How many requests a full bucket lets through at once.
	 * @param sliding Whether at most limit requests begin in any window of length per,
	 * with no burst.
	 * @param timeout How long a request may wait. Not at all if it is not set.
	 * @param maxWaiting How many requests may stand in line.
	 * @param chargeStatuses Status codes of the responses that take a token. All if it is
	 * not set.
	 * @param headers Whether all responses tell the limits, not only those to requests
	 * that are refused.
	 * @param enforce Share of the requests beyond the limits of its own that they hold
	 * for, in percent. Zero refuses none and counts which would be.
	 * @param maxKeys How many keys may have permits and tokens of their own at a time.
	 * @param shared Whether all instances of the service share the limits of its own, by
	 * Redis.
	 * @param onOutage What holds while Redis does not answer.
	 */
	public record Request(@Nullable List<String> paths, @Nullable List<String> methods, @Nullable List<String> key,
			@Nullable String plan, @Nullable String bulkhead, @Nullable String rateLimit, @Nullable Integer max,
			@Nullable BigDecimal rps, @Nullable Long limit, @Nullable Duration per, @Nullable Long burst,
			@Nullable Boolean sliding, @Nullable Duration timeout, @Nullable Integer maxWaiting,
			@Nullable List<String> chargeStatuses, @DefaultValue("false") boolean headers, @Nullable String enforce,
			@Nullable Integer maxKeys, @Nullable Boolean shared, Sharing.@Nullable OnOutage onOutage) {

		/** How long a request may wait. */
		Duration timeoutOrDefault() {
			return (this.timeout != null) ? this.timeout : Duration.ZERO;
		}

		/** The bulkhead that has the name of the rule. */
		@Nullable Bulkhead ownBulkhead() {
			return (this.max != null) ? new Bulkhead(this.max, timeoutOrDefault(), this.maxWaiting, null, this.enforce,
					this.maxKeys, this.shared, this.onOutage, null, Map.of()) : null;
		}

		/** The rate limit that has the name of the rule. */
		@Nullable RateLimit ownRateLimit() {
			boolean own = this.rps != null || this.limit != null || this.per != null || this.burst != null
					|| this.sliding != null;
			return (own) ? new RateLimit(this.rps, this.limit, this.per, this.burst, timeoutOrDefault(),
					this.maxWaiting, this.sliding, this.enforce, this.maxKeys, this.shared, this.onOutage, Map.of())
					: null;
		}

	}

	/**
	 * Data source. Has either numbers of its own or the name of a bulkhead.
	 *
	 * @param max How many connections may be handed out at once. Zero hands out none.
	 * @param timeout How long a caller may wait for a connection to come back. Zero for
	 * not at all.
	 * @param maxWaiting How many callers may stand in line.
	 * @param bulkhead Name of the bulkhead that limits the connections, instead of
	 * numbers of its own.
	 * @param leakAfter How long a connection may be held before that is reported once,
	 * with the stack that took it.
	 * @param enforce Share of the callers beyond the limit that the limit holds for, in
	 * percent. Zero refuses nobody and counts who would be.
	 */
	public record DataSource(@Nullable Integer max, @Nullable Duration timeout, @Nullable Integer maxWaiting,
			@Nullable String bulkhead, @Nullable Duration leakAfter, @Nullable String enforce) {

		/** The bulkhead that has the name of the data source. */
		@Nullable Bulkhead ownBulkhead() {
			// Never shared, for the connections of a pool are not.
			return (this.bulkhead == null) ? new Bulkhead(this.max, this.timeout, this.maxWaiting, null, this.enforce,
					null, false, null, null, Map.of()) : null;
		}

	}

}
