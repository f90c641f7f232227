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

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.github.penstock.properties.PropertiesReader;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@link Conditional @Conditional} on anything being written in a section of the
 * configuration, so that a feature that nobody uses costs nothing at the start.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Conditional(ConditionalOnSection.OnSection.class)
@interface ConditionalOnSection {

	/** The section, such as {@code penstock.requests}. */
	String value();

	/**
	 * The {@link Condition} for it.
	 */
	final class OnSection extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return outcome(context, metadata.getAnnotations().get(ConditionalOnSection.class).getString("value"));
		}

		static ConditionOutcome outcome(ConditionContext context, String section) {
			ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnSection.class, section);
			if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
				return ConditionOutcome.match(message.because("it may be written when the application starts"));
			}
			String found = find(context, section);
			return (found != null) ? ConditionOutcome.match(message.foundExactly(found))
					: ConditionOutcome.noMatch(message.because("nothing is written there"));
		}

		private static @Nullable String find(ConditionContext context, String section) {
			return (context.getEnvironment() instanceof ConfigurableEnvironment environment)
					? PropertiesReader.findName(environment, section, "") : null;
		}

	}

}
