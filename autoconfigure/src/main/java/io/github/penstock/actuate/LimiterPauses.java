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

import io.github.penstock.Limiter;

/**
 * Knows clients that pause. Each feature whose clients do has a bean of this type, whose
 * answers are shown beside the limiters of these clients.
 */
@FunctionalInterface
public interface LimiterPauses {

	/**
	 * Return which clients that use a limiter hold their calls back now. Called while the
	 * application runs; does not block.
	 * @param limiter the limiter
	 * @return the pauses, none if no client of this feature pauses
	 */
	List<LimiterPause> of(Limiter limiter);

}
