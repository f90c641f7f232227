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

package io.github.penstock.jdbc;

import java.sql.SQLException;
import java.sql.Wrapper;

/**
 * What {@link Wrapper} asks of whoever stands before another object.
 */
final class Wrappers {

	private Wrappers() {
	}

	static <T> T unwrap(Object self, Wrapper delegate, Class<T> type) throws SQLException {
		if (type.isInstance(self)) {
			return type.cast(self);
		}
		return type.isInstance(delegate) ? type.cast(delegate) : delegate.unwrap(type);
	}

	static boolean isWrapperFor(Object self, Wrapper delegate, Class<?> type) throws SQLException {
		return type.isInstance(self) || type.isInstance(delegate) || delegate.isWrapperFor(type);
	}

}
