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

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A list of other values.
 */
final class ListValue implements CallValue {

	private final CallValue[] elements;

	ListValue(CallValue[] elements) {
		this.elements = elements;
	}

	@Override
	public Object of(@Nullable Object[] arguments, @Nullable Object result, @Nullable Throwable error,
			@Nullable String principal) throws Exception {
		List<@Nullable Object> list = new ArrayList<>(this.elements.length);
		for (CallValue element : this.elements) {
			list.add(element.of(arguments, result, error, principal));
		}
		return list;
	}

}
