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

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * What is known of a part of an expression before there is a call.
 *
 * @param type the type of its value, {@link ResolvableType#NONE} if only a call will tell
 * @param direct what reads it without the expression engine, {@code null} if nothing does
 * @param isConstant whether it has no variables
 */
record Typed(ResolvableType type, @Nullable CallValue direct, boolean isConstant) {

	static Typed of(Class<?> type) {
		return new Typed(ResolvableType.forClass(type), null, false);
	}

	static Typed of(ResolvableType type) {
		return new Typed(type, null, false);
	}

	static Typed unknown() {
		return new Typed(ResolvableType.NONE, null, false);
	}

	Typed constantIf(boolean condition) {
		return new Typed(this.type, this.direct, condition);
	}

	/** The class, wrappers for primitives; {@code Object} if only a call will tell. */
	Class<?> raw() {
		return ClassUtils.resolvePrimitiveIfNecessary(this.type.resolve(Object.class));
	}

	boolean isUnknown() {
		return raw() == Object.class;
	}

	/** As a person would write the type. */
	String name() {
		return (this.type.resolve() != null) ? this.type.toString() : "Object";
	}

	/**
	 * What reads all of them without the engine, {@code null} if one of them needs it.
	 */
	static CallValue @Nullable [] direct(List<Typed> parts) {
		CallValue[] values = new CallValue[parts.size()];
		for (int i = 0; i < values.length; i++) {
			CallValue direct = parts.get(i).direct();
			if (direct == null) {
				return null;
			}
			values[i] = direct;
		}
		return values;
	}

}
