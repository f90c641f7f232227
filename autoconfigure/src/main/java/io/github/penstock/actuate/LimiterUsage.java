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

import java.util.Locale;
import java.util.Map;

/**
 * One place where a limiter is at work.
 *
 * @param type what kind of place that is
 * @param name which one: a method, the name of a bean, of a client or of a queue; no URL
 * with credentials, no key of a caller
 */
public record LimiterUsage(Type type, String name) {

	private static final Map<String, Type> PREFIXES = Map.of("penstock.data-sources.", Type.DATA_SOURCE,
			"penstock.http-clients.", Type.HTTP_CLIENT, LimiterOrigin.QUEUE_OF, Type.QUEUE);

	/** A place of a {@link LimiterOrigin}. */
	static LimiterUsage at(String place) {
		for (Map.Entry<String, Type> prefix : PREFIXES.entrySet()) {
			if (place.startsWith(prefix.getKey())) {
				return new LimiterUsage(prefix.getValue(), place.substring(prefix.getKey().length()));
			}
		}
		return new LimiterUsage(Type.METHOD, place);
	}

	/**
	 * What uses a limiter.
	 */
	public enum Type {

		/** An annotated method. */
		METHOD,

		/** A data source, by its bean name. */
		DATA_SOURCE,

		/** A client of a remote service. */
		HTTP_CLIENT,

		/** A work queue, by the class that builds it. */
		QUEUE;

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
