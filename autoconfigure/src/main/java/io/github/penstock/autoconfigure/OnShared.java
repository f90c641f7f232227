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

import java.util.List;

import io.github.penstock.properties.PropertiesReader;

import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether any limiter is said to be shared, or not to be.
 */
class OnShared extends SpringBootCondition {

	private static final List<String> SECTIONS = List.of("penstock.bulkheads", "penstock.rate-limits",
			"penstock.http-clients", "penstock.requests", "penstock.defaults");

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConfigurableEnvironment environment = (ConfigurableEnvironment) context.getEnvironment();
		for (String section : SECTIONS) {
			String name = PropertiesReader.findName(environment, section, "shared");
			if (name != null) {
				return ConditionOutcome.match(name);
			}
		}
		return ConditionOutcome.noMatch("no limiter is shared");
	}

}
