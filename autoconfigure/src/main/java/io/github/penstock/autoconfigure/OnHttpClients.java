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

import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/**
 * Whether there are HTTP clients to limit, or somebody thinks so.
 */
final class OnHttpClients extends SpringBootCondition {

	static final String REST_CLIENT = "org.springframework.boot.restclient.RestClientCustomizer";

	static final String WEB_CLIENT = "org.springframework.boot.webclient.WebClientCustomizer";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		if (isPresent(REST_CLIENT, context) || isPresent(WEB_CLIENT, context)) {
			return ConditionOutcome.match("found an HTTP client of Spring Boot");
		}
		return ConditionalOnSection.OnSection.outcome(context, PenstockHttpClientAutoConfiguration.SECTION);
	}

	private static boolean isPresent(String type, ConditionContext context) {
		return ClassUtils.isPresent(type, context.getClassLoader());
	}

}
