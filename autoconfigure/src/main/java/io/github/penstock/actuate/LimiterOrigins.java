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

/**
 * Where the configured values of the limiters come from. A value that was changed since
 * is one in which the limiter's {@code spec()} differs from its {@code configured()}.
 */
public interface LimiterOrigins {

	/**
	 * Return where the values of a bulkhead come from.
	 * @param name the name of the bulkhead
	 * @return its origin, one without values if only code knows it
	 */
	LimiterOrigin bulkhead(String name);

	/**
	 * Return where the values of a rate limit come from.
	 * @param name the name of the rate limit
	 * @return its origin, one without values if only code knows it
	 */
	LimiterOrigin rateLimit(String name);

}
