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

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * The types by which a controller says that its response comes later. They are known by
 * name, for they need not be there.
 */
final class ResponseTypes {

	private static final @Nullable Class<?> ENTITY = find("org.springframework.http.HttpEntity");

	private static final List<Class<?>> ASYNC = find(List.of("java.util.concurrent.Callable",
			"org.reactivestreams.Publisher", "org.springframework.web.context.request.async.DeferredResult",
			"org.springframework.web.context.request.async.WebAsyncTask",
			"org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter",
			"org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody"));

	private ResponseTypes() {
	}

	/** Whether what the method returns may stand for a response that comes later. */
	static boolean mayComeLater(Method method, Class<?> targetClass) {
		Class<?> type = bodyType(method, targetClass);
		return type == Object.class || isAsync(type);
	}

	/**
	 * What the method returns, or the body of the entity that it returns. {@code Object}
	 * if it does not say.
	 */
	static Class<?> bodyType(Method method, Class<?> targetClass) {
		ResolvableType type = ResolvableType.forMethodReturnType(method, targetClass);
		return (ENTITY != null && isEntity(type.toClass())) ? type.as(ENTITY).getGeneric(0).resolve(Object.class)
				: type.toClass();
	}

	static boolean isEntity(Class<?> type) {
		return ENTITY != null && ENTITY.isAssignableFrom(type);
	}

	/** Whether the object may stand for a response that comes later. */
	static boolean mayComeLater(Object result) {
		return isEntity(result.getClass()) || isAsync(result.getClass());
	}

	/** Whether an object of this type stands for a response that comes later. */
	static boolean isAsync(Class<?> type) {
		if (ENTITY == null) {
			return false;
		}
		for (Class<?> candidate : ASYNC) {
			if (candidate.isAssignableFrom(type)) {
				return true;
			}
		}
		return false;
	}

	private static List<Class<?>> find(List<String> names) {
		List<Class<?>> found = new ArrayList<>();
		for (String name : names) {
			Class<?> type = find(name);
			if (type != null) {
				found.add(type);
			}
		}
		return List.copyOf(found);
	}

	private static @Nullable Class<?> find(String name) {
		try {
			return ClassUtils.forName(name, ResponseTypes.class.getClassLoader());
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return null;
		}
	}

}
