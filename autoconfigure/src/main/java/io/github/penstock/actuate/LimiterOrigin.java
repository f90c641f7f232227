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

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the configured values of one limiter come from, and who uses it.
 *
 * @param sources the source of each value by its property: {@code max}, {@code rate},
 * {@code burst}, {@code timeout}, {@code max-waiting}, {@code sliding}, {@code enforce},
 * {@code max-keys}, {@code plans}
 * @param usedBy the places that use the limiter, such as
 * {@code com.acme.Orders.place(String)}, {@code penstock.data-sources.dataSource} or
 * {@code work queue of com.acme.Prices}
 */
public record LimiterOrigin(Map<String, Source> sources, List<String> usedBy) {

	/** Begins the place of a work queue; the class that builds it follows. */
	public static final String QUEUE_OF = "work queue of ";

	/** A limiter that neither the configuration nor an annotation knows. */
	public static final LimiterOrigin UNKNOWN = new LimiterOrigin(Map.of(), List.of());

	/**
	 * Copy the collections; the map keeps its order.
	 */
	public LimiterOrigin {
		sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
		usedBy = List.copyOf(usedBy);
	}

	/**
	 * Where a value comes from, the strongest first.
	 */
	public enum Source {

		/** An argument of the command line. */
		COMMAND_LINE,

		/** A system property of the JVM. */
		SYSTEM_PROPERTIES,

		/** An environment variable. */
		ENVIRONMENT,

		/** A file of properties. */
		PROPERTIES,

		/** A file of YAML, or a source of properties of any other kind. */
		YAML,

		/** Code that registered the limiter. */
		CODE,

		/** An annotation. */
		ANNOTATION,

		/** What the configuration says of all that do not say it themselves. */
		CONFIGURED_DEFAULT,

		/** Nobody: it is the default. */
		DEFAULT;

		/**
		 * Return whether it is a property.
		 * @return whether the configuration says the value
		 */
		public boolean isConfiguration() {
			return compareTo(CODE) < 0;
		}

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
