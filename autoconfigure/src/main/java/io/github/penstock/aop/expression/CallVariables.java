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

import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What the variables of an expression stand for. The caller, beans and whatever needs no
 * engine are variables too, with names that nobody writes by accident: SpEL can compile
 * those.
 */
final class CallVariables {

	private final String[] names;

	private final CallValue[] values;

	private CallVariables(List<String> names, List<CallValue> values) {
		this.names = names.toArray(String[]::new);
		this.values = values.toArray(CallValue[]::new);
	}

	@Nullable Object find(String name, @Nullable Object[] arguments, @Nullable Object result, @Nullable Throwable error,
			@Nullable String principal) {
		for (int i = 0; i < this.names.length; i++) {
			if (this.names[i].equals(name)) {
				try {
					return this.values[i].of(arguments, result, error, principal);
				}
				catch (RuntimeException ex) {
					throw ex;
				}
				catch (Exception ex) {
					throw new UndeclaredThrowableException(ex);
				}
			}
		}
		return null;
	}

	/**
	 * Collects the variables as an expression is read.
	 */
	static final class Builder {

		private final List<String> names = new ArrayList<>();

		private final List<CallValue> values = new ArrayList<>();

		void add(String name, CallValue value) {
			if (!this.names.contains(name)) {
				// The compiled expression asks with its constants, which are interned.
				this.names.add(name.intern());
				this.values.add(value);
			}
		}

		/** The name of a variable that stands for a part of the expression. */
		String nextPart() {
			return "$" + this.names.size() + "$";
		}

		CallVariables build() {
			return new CallVariables(this.names, this.values);
		}

	}

}
