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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;

import io.github.penstock.actuate.LimiterOrigin.Source;
import org.junit.jupiter.api.Test;

import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SourceKinds}.
 */
class SourceKindsTests {

	@Test
	void kindsAreToldApart() throws IOException {
		assertThat(kind(new SimpleCommandLinePropertySource("--a=1"))).isEqualTo(Source.COMMAND_LINE);
		assertThat(kind(new SystemEnvironmentPropertySource("systemEnvironment", Map.of("a", "1"))))
			.isEqualTo(Source.ENVIRONMENT);
		assertThat(kind(new PropertiesPropertySource("systemProperties", new Properties())))
			.isEqualTo(Source.SYSTEM_PROPERTIES);
		assertThat(kind(new PropertiesPropertySourceLoader().load("file", resource("a=1", "app.properties")).get(0)))
			.isEqualTo(Source.PROPERTIES);
		assertThat(kind(new YamlPropertySourceLoader().load("file", resource("a: 1", "app.yml")).get(0)))
			.isEqualTo(Source.YAML);
		assertThat(kind(new PropertiesPropertySource("class path resource", new Properties())))
			.isEqualTo(Source.PROPERTIES);
		assertThat(kind(new MapPropertySource("remote", Map.of("a", "1")))).isEqualTo(Source.YAML);
	}

	private static Source kind(PropertySource<?> source) {
		return SourceKinds.of(source, OriginLookup.getOrigin(source, "a"));
	}

	private static ByteArrayResource resource(String text, String name) {
		return new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)) {

			@Override
			public String getFilename() {
				return name;
			}

		};
	}

}
