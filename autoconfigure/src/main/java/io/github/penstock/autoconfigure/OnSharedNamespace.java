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

import java.util.Objects;
import java.util.stream.Stream;

import io.github.penstock.properties.PropertiesReader;
import io.github.penstock.redis.RedisStoreSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether there is a name that instances have in common. Where one is needed and there is
 * none it counts as there, so that this is an error and nothing that backs off.
 */
final class OnSharedNamespace extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		String application = context.getEnvironment().getProperty(SharedSettings.APPLICATION, "");
		if (!application.isEmpty() && RedisStoreSettings.isNamespace(application)) {
			return ConditionOutcome.match("the application has a name");
		}
		String found = (context.getEnvironment() instanceof ConfigurableEnvironment environment) ? find(environment)
				: null;
		return (found != null) ? ConditionOutcome.match("found " + found)
				: ConditionOutcome.noMatch("found no namespace, and nothing that is shared");
	}

	private static @Nullable String find(ConfigurableEnvironment environment) {
		String namespace = PropertiesReader.findName(environment, "penstock.shared", "namespace");
		return (namespace != null) ? namespace
				: Stream.of("penstock.bulkheads", "penstock.rate-limits", "penstock.defaults")
					.map((section) -> PropertiesReader.findName(environment, section, "shared"))
					.filter(Objects::nonNull)
					.findFirst()
					.orElse(null);
	}

}
