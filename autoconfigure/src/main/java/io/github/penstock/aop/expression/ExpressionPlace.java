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
import java.util.Collection;
import java.util.stream.Collectors;

import io.github.penstock.naming.NearestName;

/**
 * Where an expression stands, for messages.
 *
 * @param kind what it is for
 * @param written its text, as it is in the annotation
 * @param method the method of the annotation
 */
record ExpressionPlace(ExpressionKind kind, String written, Method method) {

	/** Class and method, such as {@code com.acme.Orders.place(String)}. */
	String where() {
		return this.method.getDeclaringClass().getName() + "." + this.method.getName()
				+ Arrays.stream(this.method.getParameterTypes())
					.map(Class::getSimpleName)
					.collect(Collectors.joining(", ", "(", ")"));
	}

	InvalidExpressionException refuse(String problem, String mend) {
		return new InvalidExpressionException(where(),
				"in " + this.kind.attribute() + " = \"" + this.written + "\" " + problem, mend);
	}

	/** What somebody may have meant, or all that there is. */
	static String mend(String written, Collection<String> known, String sign, String what) {
		String nearest = NearestName.of(written, known);
		String all = known.stream().map((name) -> sign + name).collect(Collectors.joining(", "));
		return ((nearest != null) ? "Did you mean '" + sign + nearest + "'? " : "")
				+ (all.isEmpty() ? "There are no " + what : "The " + what + " are: " + all);
	}

	@Override
	public String toString() {
		return where() + ": " + this.kind.attribute() + " = \"" + this.written + "\"";
	}

}
