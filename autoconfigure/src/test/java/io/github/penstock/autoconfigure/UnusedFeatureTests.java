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

package io.github.penstock.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A feature that nobody has configured costs nothing at the start: none of its classes is
 * loaded, though all libraries are there.
 */
@Timeout(240)
class UnusedFeatureTests {

	private static final Pattern LOADED = Pattern.compile("io\\.github\\.penstock\\.([\\w.$]+) source:");

	private static final Pattern LINKED = Pattern.compile("io\\.github\\.penstock\\.[\\w.$]+\\$\\$Lambda\\S* source:");

	private static Set<String> all;

	private static Set<String> loaded;

	private static Set<String> linked;

	@BeforeAll
	static void findAll() throws IOException {
		all = Stream
			.of(new PathMatchingResourcePatternResolver().getResources("classpath*:io/github/penstock/**/*.class"))
			.map((resource) -> resource.getDescription().replaceAll(".*/io/github/penstock/(.*)\\.class]", "$1"))
			.map((path) -> path.replace('/', '.'))
			.collect(Collectors.toSet());
	}

	@BeforeAll
	static void startApplication() throws IOException, InterruptedException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xlog:class+load", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
				System.getProperty("java.class.path"), LimitedApplication.class.getName())
			.redirectErrorStream(true)
			.start();
		try {
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).as(output).isZero();
			loaded = LOADED.matcher(output).results().map((match) -> match.group(1)).collect(Collectors.toSet());
			linked = LINKED.matcher(output).results().map(MatchResult::group).collect(Collectors.toSet());
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Test
	void whatIsConfiguredIsLoaded() {
		assertThat(loaded).contains("SemaphoreLimiter", "TokenBucket", "aop.SyncLimitInterceptor");
	}

	/** Each one takes as long as a class. A loop in the place of a stream needs none. */
	@Test
	void fewLambdasAreLinked() {
		assertThat(linked).hasSizeBetween(20, 55);
	}

	@ParameterizedTest
	@EnumSource
	void classesOfAFeatureThatNobodyUsesAreNotLoaded(Feature feature) {
		assertThat(loaded.stream().filter(feature.classes)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void featureHasClasses(Feature feature) {
		assertThat(all).anyMatch(feature.classes);
	}

	/** The classes of each, by their names below that of the project. */
	enum Feature {

		KEYS("Key.*|aop\\.expression\\..*|aop\\.CallExpressions.*"),

		/** Where nothing is written, all values are those that are known. */
		BINDING("properties\\.(WrittenSections|ExclusiveProperties).*"),

		SLIDING_WINDOWS("SlidingWindow.*"),

		REQUESTS("requests\\..*|autoconfigure\\.RequestRules.*"),

		SHARED_LIMITS("redis\\..*|Stock.*|StoreAccess|autoconfigure\\.Shared.*|autoconfigure\\.ClientPauses"),

		/**
		 * But for what applications have injected into clients that they make by hand,
		 * whose methods Spring looks at.
		 */
		HTTP_CLIENTS("http\\.(?!(HttpLimit.*|Hop|CallShares)$).*"),

		DATA_SOURCES("jdbc\\..*|autoconfigure\\.DataSource.*"),

		/** But for the class of a lazy bean, whose methods are looked at. */
		CHANGES("actuate\\.(Adjustable(Bulkhead|RateLimit)|Reversions|ChangeBody).*"),

		PAGE("actuate\\.(PageHints|PenstockPage.*|LimiterDescri.*)"),

		HOLDERS("Tracked.*|CallTracker.*|Holder.*|actuate\\.LeakWatch.*");

		private final Predicate<String> classes;

		Feature(String classes) {
			this.classes = Pattern.compile(classes).asMatchPredicate();
		}

	}

	/** What the other JVM runs. */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ PenstockAopAutoConfiguration.class, PenstockAutoConfiguration.class,
			PenstockDataSourceAutoConfiguration.class, PenstockEndpointAutoConfiguration.class,
			PenstockHealthAutoConfiguration.class, PenstockHttpClientAutoConfiguration.class,
			PenstockMetricsAutoConfiguration.class, PenstockObservationAutoConfiguration.class,
			PenstockPageAutoConfiguration.class, PenstockRedisAutoConfiguration.class,
			PenstockRequestAutoConfiguration.class, PenstockTracingAutoConfiguration.class,
			PenstockWorkAutoConfiguration.class })
	static class LimitedApplication {

		@Bean
		Service service() {
			return new Service();
		}

		public static void main(String[] arguments) {
			try (ConfigurableApplicationContext context = new SpringApplicationBuilder(LimitedApplication.class)
				.web(WebApplicationType.NONE)
				.run(arguments)) {
				context.getBean(Service.class).call("argument");
			}
			Runtime.getRuntime().halt(0);
		}

	}

	/** With both limits. */
	static class Service {

		@Bulkhead(name = "service", max = 2)
		@RateLimited(name = "service", rps = 1000)
		String call(String argument) {
			return argument;
		}

	}

}
