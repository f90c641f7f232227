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

package io.github.penstock.benchmarks.web;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import com.giffing.bucket4j.spring.boot.starter.filter.servlet.ServletRateLimitFilter;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.caffeine.CaffeineProxyManager;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.requests.RequestLimits;
import io.github.penstock.requests.RequestRule;
import io.github.penstock.requests.ServletRequestLimitFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cloud.gateway.filter.ratelimit.Bucket4jRateLimiter;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * What limits requests by a header.
 */
public enum RequestContender {

	/** The handler alone. */
	NONE("no limit",
			() -> new ByFilter((request, response, chain) -> chain.doFilter(request, response), "/api/orders")),

	/** Twenty rules for other paths. */
	NO_MATCH("Penstock, 20 rules of other paths", () -> new ByFilter(penstock(20, false), "/shop/orders/4711")),

	/** One rule. */
	HEADER("Penstock, one rule: key by header, one rate", () -> new ByFilter(penstock(1, false), "/api0/orders")),

	/** One of twenty. */
	HEADER_OF_TWENTY("Penstock, one of 20 rules", () -> new ByFilter(penstock(20, false), "/api7/orders")),

	/** And what the response tells of it. */
	FIELDS("Penstock, one rule, headers: true", () -> new ByFilter(penstock(1, true), "/api0/orders")),

	/** By hand. */
	BUCKET4J("Bucket4j with Caffeine, a filter by hand", () -> new ByFilter(new Buckets(), "/api0/orders")),

	/** By its starter. */
	BUCKET4J_STARTER("Bucket4j's starter, JCache with Caffeine", Starter::new),

	/** The gateway's, without the rest of its filter. */
	GATEWAY("Spring Cloud Gateway's Bucket4jRateLimiter, in memory", Gateway::new);

	private static final double RPS = 100_000_000;

	private final String title;

	private final Supplier<Limit> limit;

	RequestContender(String title, Supplier<Limit> limit) {
		this.title = title;
		this.limit = limit;
	}

	Limit start() {
		return this.limit.get();
	}

	@Override
	public String toString() {
		return this.title;
	}

	private static Filter penstock(int rules, boolean headers) {
		LimiterRegistry registry = new LimiterRegistry();
		List<RequestRule> all = new ArrayList<>();
		for (int i = 0; i < rules; i++) {
			all.add(RequestRule.named("rule" + i)
				.path("/api" + i + "/**", PathPatternParser.defaultInstance)
				.unlimited(List.of("/actuator"), PathPatternParser.defaultInstance)
				.key("header:X-Api-Key", (name) -> {
					throw new IllegalArgumentException(name);
				})
				.tokens(registry.register("rule" + i, RateLimiterSpec.of(RPS)))
				.headers(headers)
				.build());
		}
		return new ServletRequestLimitFilter(RequestLimits.lazy(() -> all), RequestLimits.Phase.ARRIVED, () -> null,
				(refusal, request, response) -> {
					throw new IllegalStateException(refusal);
				});
	}

	/** A request on its way. */
	interface Limit extends AutoCloseable {

		int handle() throws Exception;

		@Override
		default void close() {
		}

	}

	/** Hands the same request to a filter again and again. */
	private static class ByFilter implements Limit {

		private final Filter filter;

		private final HttpServletRequest request;

		private final MockHttpServletResponse response = new MockHttpServletResponse() {

			@Override
			public void addHeader(String name, String value) {
			}

			@Override
			public void setHeader(String name, String value) {
			}

		};

		private int handled;

		private final FilterChain chain = (request, response) -> this.handled++;

		ByFilter(Filter filter, String path) {
			this.filter = filter;
			this.request = new PlainRequest(path);
		}

		@Override
		public int handle() throws Exception {
			this.filter.doFilter(this.request, this.response, this.chain);
			return this.handled;
		}

	}

	/** A bucket for each key. */
	private static final class Buckets implements Filter {

		private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
			.expireAfterAccess(Duration.ofMinutes(1))
			.build();

		@Override
		public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
				throws IOException, ServletException {
			HttpServletRequest http = (HttpServletRequest) request;
			if (http.getRequestURI().startsWith("/api0/")) {
				Bucket bucket = this.buckets.get(http.getHeader("X-Api-Key"), (key) -> Bucket.builder()
					.addLimit((limit) -> limit.capacity((long) RPS).refillGreedy((long) RPS, Duration.ofSeconds(1)))
					.build());
				if (!bucket.tryConsume(1)) {
					throw new IllegalStateException("refused");
				}
			}
			chain.doFilter(request, response);
		}

	}

	/** The filter of a running application. */
	private static final class Starter implements Limit {

		private final ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.SERVLET)
			.properties("server.port=0", "spring.main.banner-mode=off", "logging.level.root=warn",
					"spring.cache.type=jcache", "spring.cache.cache-names=buckets",
					"spring.cache.jcache.provider=com.github.benmanes.caffeine.jcache.spi.CaffeineCachingProvider",
					"bucket4j.cache-to-use=jcache", "bucket4j.filters[0].cache-name=buckets",
					"bucket4j.filters[0].url=/api.*", "bucket4j.filters[0].http-response-headers.x=y",
					"bucket4j.filters[0].rate-limits[0].cache-key=getHeader('X-Api-Key')",
					"bucket4j.filters[0].rate-limits[0].bandwidths[0].capacity=100000000",
					"bucket4j.filters[0].rate-limits[0].bandwidths[0].time=1",
					"bucket4j.filters[0].rate-limits[0].bandwidths[0].unit=seconds")
			.run();

		private final ByFilter limit = new ByFilter(this.context.getBean(ServletRateLimitFilter.class), "/api0/orders");

		@Override
		public int handle() throws Exception {
			return this.limit.handle();
		}

		@Override
		public void close() {
			this.context.close();
		}

		@SpringBootConfiguration(proxyBeanMethods = false)
		@EnableAutoConfiguration(
				excludeName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
						"org.springframework.cloud.gateway.config.GatewayClassPathWarningAutoConfiguration" })
		@EnableCaching
		static class Application {

		}

	}

	/** The limiter that a route of the gateway asks. */
	@SuppressWarnings({ "rawtypes", "unchecked" }) // as its builder wants it
	private static final class Gateway implements Limit {

		private final Bucket4jRateLimiter limiter = new Bucket4jRateLimiter(
				new CaffeineProxyManager<String>((Caffeine) Caffeine.newBuilder(), Duration.ofMinutes(1)).asAsync(),
				new ConfigurationService(null, () -> null, () -> null));

		private int handled;

		Gateway() {
			this.limiter.getConfig()
				.put("route", new Bucket4jRateLimiter.Config().setCapacity((long) RPS)
					.setRefillPeriod(Duration.ofSeconds(1)));
		}

		@Override
		public int handle() {
			if (!this.limiter.isAllowed("route", "customer-17").block().isAllowed()) {
				throw new IllegalStateException("refused");
			}
			return this.handled++;
		}

	}

}
