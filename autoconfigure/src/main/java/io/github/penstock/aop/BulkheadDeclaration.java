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

package io.github.penstock.aop;

import org.jspecify.annotations.Nullable;

/**
 * What one {@code @Bulkhead} says, before the configuration has its say. {@code null} is
 * what it leaves out; placeholders are resolved.
 *
 * @param name the bulkhead's name, given or derived
 * @param max the permits
 * @param timeout the timeout as text
 * @param maxWaiting the bound of the line
 * @param where the place of the annotation, such as {@code com.acme.Orders.place(String)}
 */
public record BulkheadDeclaration(String name, @Nullable Integer max, @Nullable String timeout,
		@Nullable Integer maxWaiting, String where) {
}
