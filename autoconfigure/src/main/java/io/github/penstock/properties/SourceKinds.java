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

import java.util.Locale;

import io.github.penstock.actuate.LimiterOrigin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.Resource;

/**
 * Tells the kind of a property source.
 */
final class SourceKinds {

	private SourceKinds() {
	}

	static LimiterOrigin.Source of(PropertySource<?> source, @Nullable Origin origin) {
		if (source instanceof CommandLinePropertySource) {
			return LimiterOrigin.Source.COMMAND_LINE;
		}
		if (source.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)) {
			return LimiterOrigin.Source.SYSTEM_PROPERTIES;
		}
		if (source instanceof SystemEnvironmentPropertySource) {
			return LimiterOrigin.Source.ENVIRONMENT;
		}
		if (origin instanceof PropertySourceOrigin made && made.getPropertySource() != source) {
			// SPRING_APPLICATION_JSON has its values from somewhere else.
			return of(made.getPropertySource(), null);
		}
		return (source instanceof PropertiesPropertySource || isProperties(origin)) ? LimiterOrigin.Source.PROPERTIES
				: LimiterOrigin.Source.YAML;
	}

	private static boolean isProperties(@Nullable Origin origin) {
		Resource resource = (origin instanceof TextResourceOrigin text) ? text.getResource() : null;
		String name = (resource != null) ? resource.getFilename() : null;
		return name != null && name.toLowerCase(Locale.ROOT).matches(".*\\.(properties|xml)");
	}

}
