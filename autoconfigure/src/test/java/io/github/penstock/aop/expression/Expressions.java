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
import java.util.Arrays;

import org.springframework.context.support.GenericApplicationContext;

/**
 * Expressions of the methods of a fixture, in a context of their own.
 */
final class Expressions {

	private final GenericApplicationContext context = new GenericApplicationContext();

	private final Class<?> fixture;

	private PrincipalSource principals = () -> null;

	Expressions(Class<?> fixture) {
		this.fixture = fixture;
	}

	GenericApplicationContext context() {
		return this.context;
	}

	void principals(PrincipalSource principals) {
		this.principals = principals;
	}

	CallExpression parse(ExpressionKind kind, String text, String methodName) {
		if (!this.context.isActive()) {
			this.context.refresh();
		}
		Method method = Arrays.stream(this.fixture.getDeclaredMethods())
			.filter((candidate) -> candidate.getName().equals(methodName) && !candidate.isBridge())
			.findFirst()
			.orElseThrow();
		ExpressionContext expressions = new ExpressionContext(this.context.getBeanFactory(),
				this.context.getEnvironment()::resolvePlaceholders, this.principals);
		return CallExpression.parse(expressions, kind, text, method, this.fixture);
	}

}
