package io.github.penstock.autoconfigure;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;

import io.github.penstock.ConcurrencyLimiterSpec;
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
 * @param defaults Values for limiters that do not have their own.
 * @param bulkheads Bulkheads by name: how many calls may run at once.
 * @param rateLimits Rate limits by name: how many calls may begin in a time.
 */
@ConfigurationProperties("penstock")
record PenstockProperties(@DefaultValue("true") boolean enabled, @DefaultValue Aop aop, @DefaultValue Web web,
		@DefaultValue Holders holders, @DefaultValue Defaults defaults, @DefaultValue Map<String, Bulkhead> bulkheads,
		@DefaultValue Map<String, RateLimit> rateLimits) {

	/**
	 * How annotated methods are limited.
	 *
	 * @param mode Mechanism that limits calls: proxies of beans, or classes woven by
	 * AspectJ.
	 */
	record Aop(@DefaultValue("proxy") Mode mode) {

		/**
		 * Mechanism that limits calls.
		 */
		enum Mode {

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
	record Web(@DefaultValue("true") boolean enabled) {
	}

	/**
	 * Whether limiters know who holds their permits.
	 *
	 * @param enabled Whether bulkheads know who holds their permits and who waits for
	 * them.
	 * @param leakAfter How long a permit may be held before it is reported. Not reported
	 * if it is not set.
	 */
	record Holders(@DefaultValue("false") boolean enabled, @Nullable Duration leakAfter) {
	}

	/**
	 * Values for limiters that do not have their own.
	 *
	 * @param timeout How long a call may wait where neither the limiter's properties nor
	 * its annotations say it.
	 */
	record Defaults(@Nullable Duration timeout) {

		Duration timeoutOrDefault() {
			return (this.timeout != null) ? this.timeout : ConcurrencyLimiterSpec.DEFAULT_TIMEOUT;
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
	 */
	record Bulkhead(@Nullable Integer max, @Nullable Duration timeout, @Nullable Integer maxWaiting,
			@Nullable Duration unhealthyAfter) {

		static final Bulkhead EMPTY = new Bulkhead(null, null, null, null);

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
	 */
	record RateLimit(@Nullable BigDecimal rps, @Nullable Long limit, @Nullable Duration per, @Nullable Long burst,
			@Nullable Duration timeout, @Nullable Integer maxWaiting) {

		static final RateLimit EMPTY = new RateLimit(null, null, null, null, null, null);

	}

}
