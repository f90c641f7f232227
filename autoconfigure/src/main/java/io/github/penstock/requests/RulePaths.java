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

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The paths of a rule.
 *
 * @param included what it limits
 * @param excluded what it does not limit though that is included
 */
record RulePaths(List<PathTest> included, List<PathTest> excluded) {

	/** Whether a path is not limited that is included. */
	boolean excludes(CanonicalPath path) {
		for (int i = 0; i < this.excluded.size(); i++) {
			if (this.excluded.get(i).matches(path)) {
				return true;
			}
		}
		return false;
	}

	/** The value of a variable in the first pattern that matches and has it. */
	@Nullable String variable(String name, CanonicalPath path) {
		for (CanonicalPath reading = path; reading != null; reading = reading.other()) {
			for (PathTest test : this.included) {
				String value = test.variable(name, reading);
				if (value != null) {
					return value;
				}
			}
		}
		return null;
	}

	/** Whether nothing is left of it. */
	boolean isEmpty() {
		return this.included.stream()
			.allMatch((test) -> this.excluded.stream().anyMatch((other) -> other.covers(test)));
	}

	/**
	 * Whether all paths that the other rule limits are limited here, as far as can be
	 * told.
	 */
	boolean covers(RulePaths other) {
		return other.included.stream().allMatch((test) -> this.included.stream().anyMatch((own) -> own.covers(test)))
				&& this.excluded.stream()
					.allMatch((test) -> other.excluded.stream().anyMatch((excluded) -> excluded.covers(test)));
	}

}
