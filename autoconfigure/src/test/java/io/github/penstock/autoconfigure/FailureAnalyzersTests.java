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

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.InvalidLimitException;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.NoSuchLimiterException;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.properties.PropertiesReader;
import io.github.penstock.properties.UnknownPropertiesException;
import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for the failure analyzers.
 */
class FailureAnalyzersTests {

	@Test
	void factoriesHaveAllOfThem() {
		assertThat(SpringFactoriesLoader.loadFactoryNames(FailureAnalyzer.class, getClass().getClassLoader())).contains(
				InvalidLimitDeclarationFailureAnalyzer.class.getName(), InvalidLimitFailureAnalyzer.class.getName(),
				NoSuchLimiterFailureAnalyzer.class.getName(), UnknownPropertiesFailureAnalyzer.class.getName());
	}

	@Test
	void analyzeInvalidLimitDeclarationSaysWhereWhatAndHowToMendIt() {
		FailureAnalysis analysis = analyze(new InvalidLimitDeclarationFailureAnalyzer(),
				new InvalidLimitDeclarationException("com.acme.Orders.place()", "it is private", "Make it public"));
		assertThat(analysis.getDescription())
			.isEqualTo("A limit cannot be set up:\n\n    Where: com.acme.Orders.place()\n    What: it is private");
		assertThat(analysis.getAction()).isEqualTo("Make it public.");
	}

	@Test
	void analyzeUnknownPropertiesListsThemAll() {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("penstock.foo", "");
		properties.put("penstock.enable", "");
		properties.put("penstock.enabled.x", "");
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
		FailureAnalysis analysis = analyze(new UnknownPropertiesFailureAnalyzer(),
				catchThrowableOfType(UnknownPropertiesException.class, () -> PropertiesReader.read(environment)));
		assertThat(analysis.getDescription()).contains("\n    penstock.foo (test)\n    penstock.enable (test)");
		assertThat(analysis.getAction()).contains("\n    penstock.foo (test): known there: enabled, aop, ",
				"\n    penstock.enable (test): did you mean 'penstock.enabled'? (known there: enabled, aop, ",
				"\n    penstock.enabled.x (test): there is nothing below 'penstock.enabled'");
	}

	@Test
	void analyzeInvalidLimitNamesTheValue() {
		InvalidLimitException failure = catchThrowableOfType(InvalidLimitException.class,
				() -> ConcurrencyLimiterSpec.of(-1));
		FailureAnalysis analysis = analyze(new InvalidLimitFailureAnalyzer(), failure);
		assertThat(analysis.getDescription()).endsWith("out of range: " + failure.getMessage());
		assertThat(analysis.getAction()).isEqualTo("Correct 'max' in that code.");
	}

	@Test
	void analyzeNoSuchLimiterShowsTheLinesToAdd() {
		LimiterRegistry registry = new LimiterRegistry();
		registry.register("supplier-api", RateLimiterSpec.of(1));
		FailureAnalysis analysis = analyze(new NoSuchLimiterFailureAnalyzer(),
				catchThrowableOfType(NoSuchLimiterException.class, () -> registry.rateLimiter("suplier-api")));
		assertThat(analysis.getDescription())
			.isEqualTo("There is no rate limit 'suplier-api'; known are [supplier-api].");
		assertThat(analysis.getAction())
			.isEqualTo("If 'supplier-api' is meant, correct the name. Otherwise define it in "
					+ "the configuration:\n\npenstock:\n  rate-limits:\n    suplier-api:\n      rps: 100");
	}

	private static FailureAnalysis analyze(FailureAnalyzer analyzer, Throwable failure) {
		FailureAnalysis analysis = analyzer.analyze(new IllegalStateException(failure));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getCause()).isSameAs(failure);
		return analysis;
	}

}
