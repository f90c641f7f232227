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

package io.github.penstock.aop.expression;

import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;

/**
 * The type of what a call has in the end: what a stage completes with, what a publisher
 * emits, what a coroutine resumes with.
 */
final class ResultType {

	private ResultType() {
	}

	static ResolvableType of(Method method, Class<?> targetClass) {
		if (KotlinDetector.isSuspendingFunction(method)) {
			int last = method.getParameterCount() - 1;
			return inner(ResolvableType.forMethodParameter(method, last, targetClass).getGeneric());
		}
		return inner(ResolvableType.forMethodReturnType(method, targetClass));
	}

	private static ResolvableType inner(ResolvableType type) {
		Class<?> raw = type.resolve(Object.class);
		if (CompletionStage.class.isAssignableFrom(raw)) {
			return type.as(CompletionStage.class).getGeneric();
		}
		if (Future.class.isAssignableFrom(raw)) {
			return type.as(Future.class).getGeneric();
		}
		boolean isPublisher = raw != Object.class
				&& ReactiveAdapterRegistry.getSharedInstance().getAdapter(raw) != null;
		return isPublisher ? type.getGeneric() : type;
	}

}
