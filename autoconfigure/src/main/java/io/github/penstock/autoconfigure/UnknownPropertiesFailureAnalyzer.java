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

import java.util.stream.Collectors;

import io.github.penstock.properties.UnknownPropertiesException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Names the keys that mean nothing, and what was probably meant.
 */
final class UnknownPropertiesFailureAnalyzer extends AbstractFailureAnalyzer<UnknownPropertiesException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownPropertiesException cause) {
		String description = cause.properties()
			.stream()
			.map((property) -> "\n    " + property.place())
			.collect(Collectors.joining("", "Properties that mean nothing to Penstock, and would be ignored:\n", ""));
		String action = cause.properties()
			.stream()
			.map((property) -> "\n    " + property.place() + ": " + property.mend())
			.collect(Collectors.joining("", "Correct or remove them:\n", ""));
		return new FailureAnalysis(description, action, cause);
	}

}
