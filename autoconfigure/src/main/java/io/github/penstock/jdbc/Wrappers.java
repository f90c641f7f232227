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
