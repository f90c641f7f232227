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

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Which types can be a key: immutable ones with an {@code equals} by value.
 */
final class KeyTypes {

	static final String ALLOWED = "text, a number, a boolean, a UUID, an enum, an address, or a record or list of such";

	private static final Set<Class<?>> VALUES = Set.of(String.class, Character.class, Boolean.class, Byte.class,
			Short.class, Integer.class, Long.class, Float.class, Double.class, BigInteger.class, BigDecimal.class,
			UUID.class);

	/** Whether the objects of a class can be keys, as far as the class alone says. */
	private static final ClassValue<Fitness> FITNESS = new ClassValue<>() {

		@Override
		protected Fitness computeValue(Class<?> type) {
			return of(ResolvableType.forClass(type));
		}

	};

	private KeyTypes() {
	}

	/** How far a type says whether its objects can be keys. */
	static Fitness of(ResolvableType type) {
		return of(type, new HashSet<>());
	}

	private static Fitness of(ResolvableType type, Set<Class<?>> within) {
		Class<?> raw = ClassUtils.resolvePrimitiveIfNecessary(type.resolve(Object.class));
		if (isPlain(raw)) {
			return Fitness.ALWAYS;
		}
		if (raw.isRecord()) {
			// A record within itself ends somewhere, and that decides.
			return within.add(raw) ? ofRecord(raw, type, within) : Fitness.ALWAYS;
		}
		if (List.class.isAssignableFrom(raw)) {
			Fitness element = of(type.as(List.class).getGeneric(), within);
			return (element != Fitness.NEVER) ? Fitness.PERHAPS : Fitness.NEVER;
		}
		return mayHideValue(raw) ? Fitness.PERHAPS : Fitness.NEVER;
	}

	private static boolean isPlain(Class<?> type) {
		return VALUES.contains(type) || (Enum.class.isAssignableFrom(type) && type != Enum.class)
				|| InetAddress.class.isAssignableFrom(type);
	}

	private static Fitness ofRecord(Class<?> raw, ResolvableType type, Set<Class<?>> within) {
		Fitness fitness = Fitness.ALWAYS;
		for (RecordComponent component : raw.getRecordComponents()) {
			Fitness part = of(Members.typeOf(component.getAccessor(), type), within);
			fitness = (part.compareTo(fitness) > 0) ? part : fitness;
		}
		return fitness;
	}

	/** Types that some value has beside its own. */
	private static boolean mayHideValue(Class<?> type) {
		if (type == Object.class || type == Number.class || type == Record.class || type == Enum.class) {
			return true;
		}
		return type.isInterface() && (!isLibrary(type) || type.isAssignableFrom(List.class)
				|| VALUES.stream().anyMatch(type::isAssignableFrom));
	}

	/** Whose interfaces are implemented by no value but those of the JDK. */
	private static boolean isLibrary(Class<?> type) {
		String name = type.getName();
		return name.startsWith("java.") || name.startsWith("javax.") || name.startsWith("jakarta.")
				|| name.startsWith("org.springframework.");
	}

	/**
	 * Return the key that an object makes.
	 * @param value the object
	 * @return the same, or a copy of a list, or {@code null} if it can be no key
	 */
	static @Nullable Object key(Object value) {
		if (value instanceof String) {
			return value;
		}
		if (value instanceof List<?> list) {
			return copy(list);
		}
		Fitness fitness = FITNESS.get(value.getClass());
		boolean fits = fitness == Fitness.ALWAYS || (fitness == Fitness.PERHAPS && hasKeys(value));
		return fits ? value : null;
	}

	private static @Nullable List<Object> copy(List<?> list) {
		List<Object> copy = new ArrayList<>(list.size());
		for (Object element : list) {
			Object key = (element != null) ? key(element) : null;
			if (key == null) {
				return null;
			}
			copy.add(key);
		}
		return List.copyOf(copy);
	}

	/** Whether the components of a record are keys, of which their types do not tell. */
	private static boolean hasKeys(Object value) {
		RecordComponent[] components = value.getClass().getRecordComponents();
		if (components == null) {
			return false;
		}
		for (RecordComponent component : components) {
			ReflectionUtils.makeAccessible(component.getAccessor());
			Object part = ReflectionUtils.invokeMethod(component.getAccessor(), value);
			if (part != null && key(part) == null) {
				return false;
			}
		}
		return true;
	}

	/** Whether objects of a type can be keys. */
	enum Fitness {

		/** All can. */
		ALWAYS,

		/** Some may, which is to be asked of each. */
		PERHAPS,

		/** None can. */
		NEVER

	}

}
