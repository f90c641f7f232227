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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.ResolvableType;

/**
 * The parameters of a method, by name and by number.
 */
final class CallParameters {

	private static final ParameterNameDiscoverer DISCOVERER = new DefaultParameterNameDiscoverer();

	private static final Pattern NUMBERED = Pattern.compile("[ap]([0-9]{1,3})");

	private final Method method;

	private final Class<?> targetClass;

	private final int count;

	private final @Nullable List<String> names;

	CallParameters(Method method, Class<?> targetClass) {
		this.method = method;
		this.targetClass = targetClass;
		// The continuation of a coroutine is none that anybody has written.
		this.count = method.getParameterCount() - (KotlinDetector.isSuspendingFunction(method) ? 1 : 0);
		@Nullable String[] discovered = DISCOVERER.getParameterNames(method);
		this.names = (discovered != null) ? names(discovered) : null;
	}

	private @Nullable List<String> names(@Nullable String[] discovered) {
		List<String> names = new ArrayList<>();
		for (String name : Arrays.copyOf(discovered, Math.min(discovered.length, this.count))) {
			if (name == null) {
				return null;
			}
			names.add(name);
		}
		return names;
	}

	/** The parameter that a variable means, -1 if none. */
	int indexOf(String variable) {
		int named = (this.names != null) ? this.names.indexOf(variable) : -1;
		if (named >= 0) {
			return named;
		}
		Matcher matcher = NUMBERED.matcher(variable);
		int number = matcher.matches() ? Integer.parseInt(matcher.group(1)) : Integer.MAX_VALUE;
		return (number < this.count) ? number : -1;
	}

	/** Whether there are parameters whose names were not compiled in. */
	boolean areNameless() {
		return this.count > 0 && this.names == null;
	}

	/** What an expression may call them. */
	List<String> variables() {
		if (this.names != null) {
			return this.names;
		}
		List<String> numbered = new ArrayList<>();
		for (int i = 0; i < this.count; i++) {
			numbered.add("p" + i);
		}
		return numbered;
	}

	ResolvableType type(int index) {
		return ResolvableType.forMethodParameter(this.method, index, this.targetClass);
	}

}
