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

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.MergedAnnotation;

/**
 * A method and the annotations that hold for it, as they were found.
 *
 * @param method the most specific method
 * @param targetClass the class of the object that it is called on
 * @param bulkhead the annotation, {@code null} if there is none
 * @param rateLimited the annotations, each of which holds by itself
 */
record LimitedMethod(Method method, Class<?> targetClass, @Nullable MergedAnnotation<Bulkhead> bulkhead,
		List<MergedAnnotation<RateLimited>> rateLimited) {

	/** Whether the annotation of one of the two kinds stands on a method. */
	boolean isNamedItself() {
		for (AnnotatedElement place : places()) {
			if (place instanceof Method) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether one of the annotations is meant for this very method: not so, if it stands
	 * on a class that only inherits it.
	 */
	boolean isAnnotatedWithin() {
		Class<?> home = this.method.getDeclaringClass();
		for (AnnotatedElement place : places()) {
			if (!(place instanceof Class<?> type) || type.isInterface() || type.isAssignableFrom(home)) {
				return true;
			}
		}
		return false;
	}

	/** Where the annotations stand. */
	List<AnnotatedElement> places() {
		List<AnnotatedElement> places = new ArrayList<>();
		for (MergedAnnotation<?> annotation : annotations()) {
			places.add((AnnotatedElement) Objects.requireNonNull(annotation.getSource()));
		}
		return places;
	}

	List<MergedAnnotation<?>> annotations() {
		List<MergedAnnotation<?>> present = new ArrayList<>(this.rateLimited);
		if (this.bulkhead != null) {
			present.add(0, this.bulkhead);
		}
		return present;
	}

	/** Whether what limits a call depends on the call, or is known after it. */
	boolean isOfItsCalls() {
		return annotations().stream().anyMatch((annotation) -> !annotation.getString("key").isEmpty())
				|| this.rateLimited.stream()
					.anyMatch((rate) -> !rate.getString("cost").isEmpty() || !rate.getString("actualCost").isEmpty());
	}

	boolean hasSignatureOf(Method other) {
		return this.method.getName().equals(other.getName())
				&& Arrays.equals(this.method.getParameterTypes(), other.getParameterTypes());
	}

	/** The place of this method, such as {@code com.acme.Orders.place(String)}. */
	String where() {
		return where(this.method);
	}

	static String where(AnnotatedElement element) {
		if (element instanceof Class<?> type) {
			return type.getName();
		}
		Method method = (Method) element;
		StringJoiner parameters = new StringJoiner(", ", "(", ")");
		for (Class<?> type : method.getParameterTypes()) {
			parameters.add(type.getSimpleName());
		}
		return method.getDeclaringClass().getName() + "." + method.getName() + parameters;
	}

}
