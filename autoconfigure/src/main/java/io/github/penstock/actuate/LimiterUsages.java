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

package io.github.penstock.actuate;

import java.util.List;

/**
 * Knows places that use limiters. Each feature that puts limiters to work has a bean of
 * this type, whose answers are shown beside the limiter.
 */
@FunctionalInterface
public interface LimiterUsages {

	/**
	 * Return where a limiter is at work. Called while the application runs; does not
	 * block.
	 * @param kind the kind of the limiter
	 * @param name its name
	 * @return the places, none if this feature does not use it
	 */
	List<LimiterUsage> of(LimiterKind kind, String name);

}
