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

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Wrapper;

import org.jspecify.annotations.Nullable;

/**
 * A JDBC object that gives a {@link LimitedConnection} as its connection. By reflection:
 * for those that have hundreds of methods and are not on the way of every query.
 */
final class BackReference implements InvocationHandler {

	private final LimitedConnection connection;

	private final Wrapper delegate;

	private BackReference(LimitedConnection connection, Wrapper delegate) {
		this.connection = connection;
		this.delegate = delegate;
	}

	static <T extends Wrapper> T to(LimitedConnection connection, T delegate, Class<T> type) {
		return type.cast(Proxy.newProxyInstance(BackReference.class.getClassLoader(), new Class<?>[] { type },
				new BackReference(connection, delegate)));
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		if (arguments != null && arguments.length == 1 && arguments[0] != null) {
			switch (method.getName()) {
				case "equals":
					return proxy == arguments[0];
				case "unwrap":
					return Wrappers.unwrap(proxy, this.delegate, (Class<?>) arguments[0]);
				case "isWrapperFor":
					return Wrappers.isWrapperFor(proxy, this.delegate, (Class<?>) arguments[0]);
				default:
			}
		}
		if (method.getName().equals("hashCode") && method.getParameterCount() == 0) {
			return System.identityHashCode(proxy);
		}
		try {
			Object result = method.invoke(this.delegate, arguments);
			return method.getName().equals("getConnection") ? this.connection : result;
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
