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

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.actuate.LimiterOrigins;
import io.github.penstock.autoconfigure.PenstockAopAutoConfiguration;
import io.github.penstock.autoconfigure.PenstockAutoConfiguration;
import io.github.penstock.autoconfigure.PenstockRequestAutoConfiguration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the pages for those who come from other libraries: what they write stands,
 * and start-up knows what they know.
 */
class MigrationPagesOrderTests {

	private static final Pattern BLOCK = Pattern.compile("```(yaml|java)\n(.*?)```", Pattern.DOTALL);

	private static final Pattern KEY = Pattern.compile("`([^`]+)`");

	@ParameterizedTest
	@ValueSource(strings = { "resilience4j", "bucket4j", "spring", "sentinel" })
	void whatIsWrittenAfterwardsStartsAnApplication(String library, @TempDir Path directory) throws Exception {
		List<Class<?>> beans = compile(blocks(library, "java").filter((block) -> block.contains("import io.github")),
				directory);
		assertThat(beans).isNotEmpty();
		WebApplicationContextRunner contexts = new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class,
					PenstockAopAutoConfiguration.class, PenstockRequestAutoConfiguration.class))
			.withInitializer(
					(context) -> ours(library).forEach(context.getEnvironment().getPropertySources()::addLast));
		contexts = contexts.withClassLoader(beans.get(0).getClassLoader());
		for (Class<?> bean : beans) {
			contexts = contexts.withBean(bean);
		}
		contexts.run((context) -> {
			assertThat(context).hasNotFailed();
			LimiterOrigins origins = context.getBean(LimiterOrigins.class);
			LimiterRegistry registry = context.getBean(LimiterRegistry.class);
			List<String> usedBy = usedBy(registry, origins);
			assertThat(beans)
				.allSatisfy((bean) -> assertThat(usedBy).anyMatch((place) -> place.startsWith(bean.getName() + ".")));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "resilience4j", "bucket4j", "spring", "sentinel" })
	void eachKeyOfThePageIsKnownAtTheStartAndTheOtherWayRound(String library) throws IOException {
		List<String> keys = keys(page(library));
		String file = "migrating-from-" + library + ".md";
		assertThat(keys).containsAll(ForeignKeys.keysOn(file)).doesNotHaveDuplicates();
		assertThat(keys)
			.allSatisfy((key) -> assertThat(mend("penstock.bulkheads.x." + key)).contains("'" + key + "' is a key of"));
	}

	@ParameterizedTest
	@CsvSource({ "resilience4j,resilience4j.bulkhead,penstock.bulkheads",
			"resilience4j,resilience4j.ratelimiter,penstock.rate-limits",
			"bucket4j,bucket4j.filters,penstock.requests.filters",
			"bucket4j,bucket4j.methods,penstock.rate-limits.methods",
			"spring,spring.task.execution.simple,penstock.bulkheads.x" })
	void whatIsWrittenBeforeIsExplainedIfItIsMovedHere(String library, String theirs, String ours) throws IOException {
		List<String> moved = new ArrayList<>();
		for (PropertySource<?> source : sources(library, (block) -> !block.contains("penstock"))) {
			Stream.of(((EnumerablePropertySource<?>) source).getPropertyNames())
				.filter((name) -> name.startsWith(theirs + ".") || name.startsWith(theirs + "["))
				.map((name) -> ours + name.substring(theirs.length()))
				.forEach(moved::add);
		}
		assertThat(moved).isNotEmpty().allSatisfy((name) -> assertThat(mend(name)).as(name).contains("is a key of"));
	}

	private static List<String> usedBy(LimiterRegistry registry, LimiterOrigins origins) {
		return Stream
			.concat(registry.concurrencyLimiters().stream().map((each) -> origins.bulkhead(each.name())),
					registry.rateLimiters().stream().map((each) -> origins.rateLimit(each.name())))
			.flatMap((origin) -> origin.usedBy().stream())
			.toList();
	}

	private static List<PropertySource<?>> ours(String library) {
		try {
			return sources(library, (block) -> block.contains("penstock"));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<PropertySource<?>> sources(String library, Predicate<String> chosen) throws IOException {
		List<PropertySource<?>> sources = new ArrayList<>();
		for (String block : blocks(library, "yaml").filter(chosen).toList()) {
			ByteArrayResource resource = new ByteArrayResource(block.getBytes(StandardCharsets.UTF_8), library + ".md");
			sources.addAll(new YamlPropertySourceLoader().load(library + sources.size(), resource));
		}
		return sources;
	}

	/** The first column of tables whose first column is called key. */
	private static List<String> keys(String page) {
		List<String> keys = new ArrayList<>();
		boolean inside = false;
		for (String line : page.split("\n")) {
			inside = line.startsWith("| key |") || (inside && line.startsWith("|"));
			if (inside) {
				Matcher matcher = KEY.matcher(line.substring(1, line.indexOf('|', 1)).replaceAll("\\(.*?\\)", ""));
				while (matcher.find()) {
					keys.add(matcher.group(1));
				}
			}
		}
		return keys;
	}

	private static String mend(String property) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(property, "1")));
		StringBuilder mend = new StringBuilder();
		assertThatExceptionOfType(UnknownPropertiesException.class).as(property)
			.isThrownBy(() -> PropertiesReader.read(environment))
			.satisfies((ex) -> mend.append(ex.properties().get(0).mend()));
		return mend.toString();
	}

	private static Stream<String> blocks(String library, String language) throws IOException {
		List<String> blocks = new ArrayList<>();
		Matcher matcher = BLOCK.matcher(page(library));
		while (matcher.find()) {
			if (matcher.group(1).equals(language)) {
				blocks.add(matcher.group(2));
			}
		}
		return blocks.stream();
	}

	private static String page(String library) throws IOException {
		return Files.readString(Path.of("../docs/migrating-from-" + library + ".md"));
	}

	private static List<Class<?>> compile(Stream<String> sources, Path directory) throws Exception {
		Map<String, Path> files = new LinkedHashMap<>();
		for (String source : sources.toList()) {
			Matcher name = Pattern.compile("class (\\w+)").matcher(source);
			assertThat(name.find()).isTrue();
			Path file = directory.resolve(name.group(1) + ".java");
			Files.writeString(file, "package com.acme;\n" + source);
			files.put("com.acme." + name.group(1), file);
		}
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		List<String> arguments = new ArrayList<>(List.of("-proc:none", "-parameters", "-cp",
				System.getProperty("java.class.path"), "-d", directory.toString()));
		files.values().forEach((file) -> arguments.add(file.toString()));
		assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new))).isZero();
		URLClassLoader loader = new URLClassLoader(new URL[] { directory.toUri().toURL() },
				MigrationPagesOrderTests.class.getClassLoader());
		List<Class<?>> classes = new ArrayList<>();
		for (String name : files.keySet()) {
			classes.add(loader.loadClass(name));
		}
		return classes;
	}

}
