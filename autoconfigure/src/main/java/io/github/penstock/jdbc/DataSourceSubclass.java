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

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;

import javax.sql.DataSource;
import javax.sql.PooledConnection;
import javax.sql.PooledConnectionBuilder;
import javax.sql.XAConnectionBuilder;

import org.jspecify.annotations.Nullable;

import org.springframework.cglib.core.SpringNamingPolicy;
import org.springframework.cglib.proxy.Callback;
import org.springframework.cglib.proxy.CallbackFilter;
import org.springframework.cglib.proxy.Dispatcher;
import org.springframework.cglib.proxy.Enhancer;
import org.springframework.cglib.proxy.Factory;
import org.springframework.cglib.proxy.FixedValue;
import org.springframework.cglib.proxy.MethodInterceptor;
import org.springframework.cglib.proxy.MethodProxy;
import org.springframework.core.ResolvableType;
import org.springframework.objenesis.SpringObjenesis;
import org.springframework.util.ClassUtils;

/**
 * A {@link LimitedDataSource} that has the class of its target: an instance of a subclass
 * that has its connections from the limited one and leaves all else to the target.
 */
final class DataSourceSubclass {

	private static final int GET_CONNECTION = 0;

	private static final int LIMITED = 1;

	private static final int OBJECT = 2;

	private static final int CONNECTION_ARGUMENT = 3;

	private static final int CONNECTION = 4;

	private static final int REFUSED = 5;

	private static final int TARGET = 6;

	private static final SpringObjenesis objenesis = new SpringObjenesis();

	private DataSourceSubclass() {
	}

	/** Whether a subclass sees all calls. */
	static boolean isPossibleFor(Class<?> type) {
		return !Modifier.isFinal(type.getModifiers()) && !Modifier.isPrivate(type.getModifiers())
				&& Arrays.stream(type.getMethods())
					.noneMatch((method) -> Modifier.isFinal(method.getModifiers())
							&& !Modifier.isStatic(method.getModifiers()) && method.getDeclaringClass() != Object.class);
	}

	/**
	 * Make an instance.
	 * @throws RuntimeException if the class cannot be made
	 */
	static DataSource create(DataSource target, LimitedDataSource limited) {
		Class<?> type = ClassUtils.getUserClass(target);
		Enhancer enhancer = new Enhancer();
		enhancer.setSuperclass(type);
		enhancer.setNamingPolicy(SpringNamingPolicy.INSTANCE);
		enhancer.setCallbackFilter(Filter.INSTANCE);
		HikariPoolField pool = new HikariPoolField(target);
		Callback[] callbacks = new Callback[TARGET + 1];
		callbacks[GET_CONNECTION] = (FixedValue) new Connections(limited, pool);
		callbacks[LIMITED] = (MethodInterceptor) (proxy, method, arguments, methodProxy) -> ofLimited(limited, method,
				arguments);
		callbacks[OBJECT] = (MethodInterceptor) DataSourceSubclass::ofObject;
		callbacks[CONNECTION_ARGUMENT] = (MethodInterceptor) (proxy, method, arguments,
				methodProxy) -> withDelegates(target, arguments, methodProxy);
		callbacks[CONNECTION] = (MethodInterceptor) (proxy, method, arguments, methodProxy) -> limited
			.<Throwable>connect(() -> (Connection) methodProxy.invoke(target, arguments));
		callbacks[REFUSED] = (MethodInterceptor) (proxy, method, arguments, methodProxy) -> refuse(limited, type,
				method);
		callbacks[TARGET] = (Dispatcher) () -> target;
		enhancer.setCallbackTypes(new Class<?>[] { FixedValue.class, MethodInterceptor.class, MethodInterceptor.class,
				MethodInterceptor.class, MethodInterceptor.class, MethodInterceptor.class, Dispatcher.class });
		Object instance = objenesis.newInstance(enhancer.createClass(), false);
		((Factory) instance).setCallbacks(callbacks);
		pool.mirrorIn(instance);
		return (DataSource) instance;
	}

	private static @Nullable Object ofLimited(LimitedDataSource limited, Method method, Object[] arguments)
			throws Throwable {
		try {
			return DataSource.class.getMethod(method.getName(), method.getParameterTypes()).invoke(limited, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	private static Object refuse(LimitedDataSource limited, Class<?> type, Method method) throws SQLException {
		throw new SQLFeatureNotSupportedException("Data source '" + limited.getName() + "' is limited, which "
				+ method.getName() + " would go past. Limit the data source that is before this one instead, or unwrap "
				+ type.getName() + " for connections without a limit");
	}

	private static Object ofObject(Object proxy, Method method, Object[] arguments, MethodProxy methodProxy) {
		return method.getName().equals("equals") ? proxy == arguments[0] : System.identityHashCode(proxy);
	}

	/** A pool knows its own connections only, as when it is to evict one. */
	private static @Nullable Object withDelegates(DataSource target, Object[] arguments, MethodProxy methodProxy)
			throws Throwable {
		Object[] own = arguments.clone();
		for (int i = 0; i < own.length; i++) {
			if (own[i] instanceof LimitedConnection connection) {
				own[i] = connection.delegate();
			}
		}
		return methodProxy.invoke(target, own);
	}

	/** The connections, which need no look at the method that asks for them. */
	private static final class Connections implements FixedValue {

		private final LimitedDataSource limited;

		private final HikariPoolField pool;

		private Connections(LimitedDataSource limited, HikariPoolField pool) {
			this.limited = limited;
			this.pool = pool;
		}

		@Override
		public Object loadObject() throws Exception {
			Connection connection = this.limited.getConnection();
			this.pool.mirror();
			return connection;
		}

	}

	/** One for all, so that each class has one subclass. */
	private enum Filter implements CallbackFilter {

		INSTANCE;

		private static final List<Class<?>> WAYS_PAST = List.of(Connection.class, PooledConnection.class,
				PooledConnectionBuilder.class, XAConnectionBuilder.class);

		@Override
		public int accept(Method method) {
			Class<?>[] parameters = method.getParameterTypes();
			switch (method.getName()) {
				case "getConnection":
					if (parameters.length == 0) {
						return GET_CONNECTION;
					}
					if (Arrays.equals(parameters, new Class<?>[] { String.class, String.class })) {
						return LIMITED;
					}
					break;
				case "createConnectionBuilder":
					if (parameters.length == 0) {
						return LIMITED;
					}
					break;
				case "unwrap", "isWrapperFor":
					if (Arrays.equals(parameters, new Class<?>[] { Class.class })) {
						return LIMITED;
					}
					break;
				case "equals":
					if (Arrays.equals(parameters, new Class<?>[] { Object.class })) {
						return OBJECT;
					}
					break;
				case "hashCode":
					if (parameters.length == 0) {
						return OBJECT;
					}
					break;
				default:
			}
			if (Modifier.isPublic(method.getModifiers())) {
				if (method.getReturnType() == Connection.class) {
					return CONNECTION;
				}
				if (isWayPast(method)) {
					return REFUSED;
				}
			}
			return Arrays.asList(parameters).contains(Connection.class) ? CONNECTION_ARGUMENT : TARGET;
		}

		/** Whether it gives connections that cannot be limited. */
		private static boolean isWayPast(Method method) {
			ResolvableType type = ResolvableType.forMethodReturnType(method);
			return WAYS_PAST.stream().anyMatch((way) -> way.isAssignableFrom(type.toClass()))
					|| type.as(Future.class).getGeneric().toClass() == Connection.class;
		}

	}

}
