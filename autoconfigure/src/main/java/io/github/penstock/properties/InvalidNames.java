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

import io.github.penstock.VisibleText;
import io.github.penstock.aop.InvalidLimitDeclarationException;

/**
 * Says why a name cannot be the name of a limiter.
 */
final class InvalidNames {

	private InvalidNames() {
	}

	static InvalidLimitDeclarationException exception(String where, String name) {
		return exception(where, name, "a limiter");
	}

	static InvalidLimitDeclarationException ofPlan(String where, String name) {
		return exception(where, name, "a plan");
	}

	private static InvalidLimitDeclarationException exception(String where, String name, String what) {
		return new InvalidLimitDeclarationException(where,
				"'" + VisibleText.of(name) + "' cannot be the name of " + what
						+ ", for it reaches headers, logs and metrics",
				"Give it a name of letters, digits, '.', '_' and '-' that begins with a letter or a digit"
						+ " and has at most 64 characters");
	}

}
