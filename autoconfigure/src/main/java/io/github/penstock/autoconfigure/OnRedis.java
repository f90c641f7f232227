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
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/**
 * Whether there may be a Redis, or one is needed.
 */
final class OnRedis extends OnSharedAtTheStart {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		if (isPresent(context, "io.lettuce.core.RedisClient")
				&& isPresent(context, "org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails")) {
			return ConditionOutcome.match("found Lettuce");
		}
		return super.getMatchOutcome(context, metadata);
	}

	private static boolean isPresent(ConditionContext context, String type) {
		return ClassUtils.isPresent(type, context.getClassLoader());
	}

}
