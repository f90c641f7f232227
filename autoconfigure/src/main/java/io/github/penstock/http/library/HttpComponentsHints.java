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

package io.github.penstock.http.library;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Has a native image keep what {@link HttpComponentsRedirects} reads of a builder, if the
 * library is there.
 */
public final class HttpComponentsHints implements RuntimeHintsRegistrar {

	private static final List<String> BUILDERS = List.of("org.apache.hc.client5.http.impl.classic.HttpClientBuilder",
			"org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (String builder : BUILDERS) {
			hints.reflection().registerTypeIfPresent(classLoader, builder, MemberCategory.ACCESS_DECLARED_FIELDS);
		}
	}

}
