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

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.util.ClassUtils;

/**
 * Finds the properties, methods and elements that an expression reads of values, or says
 * that there are none.
 */
final class MemberAudit {

	private final ExpressionPlace place;

	private final Set<Member> found = new LinkedHashSet<>();

	MemberAudit(ExpressionPlace place) {
		this.place = place;
	}

	/** All methods and fields that were found. */
	Set<Member> found() {
		return this.found;
	}

	/** What a property of a value is. */
	Typed property(Typed owner, PropertyOrFieldReference reference) {
		String name = reference.getName();
		Class<?> type = owner.raw();
		if (owner.isUnknown() && !isOfEveryObject(name)) {
			return Typed.unknown().constantIf(owner.isConstant());
		}
		if (type.isArray() && name.equals("length")) {
			return Typed.of(int.class);
		}
		Member member = Members.property(type, name);
		if (member == null) {
			throw noProperty(owner, name);
		}
		return read(owner, member, reference.isNullSafe(), name);
	}

	private InvalidExpressionException noProperty(Typed owner, String name) {
		if (isOfEveryObject(name)) {
			return reflection(name);
		}
		if (Map.class.isAssignableFrom(owner.raw())) {
			return this.place.refuse("a " + owner.name() + " has no property '" + name + "'",
					"Write ['" + name + "'] for the value of a key");
		}
		return this.place.refuse("a " + owner.name() + " has no property '" + name + "' that is public",
				ExpressionPlace.mend(name, Members.propertyNames(owner.raw()), "", "properties"));
	}

	private static boolean isOfEveryObject(String name) {
		return name.equals("class") || Arrays.stream(Object.class.getDeclaredMethods())
			.map(Method::getName)
			.filter((method) -> !method.equals("toString") && !method.equals("hashCode") && !method.equals("equals"))
			.anyMatch(name::equals);
	}

	private InvalidExpressionException reflection(String name) {
		return this.place.refuse("'" + name + "' leads out of the application's values",
				"Use values only: an expression cannot reach classes, class loaders or monitors");
	}

	/** What a method of a value returns. */
	Typed method(Typed owner, MethodReference reference, List<Typed> arguments) {
		String name = reference.getName();
		if (isOfEveryObject(name)) {
			throw reflection(name);
		}
		boolean isConstant = owner.isConstant() && arguments.stream().allMatch(Typed::isConstant);
		if (owner.isUnknown()) {
			return Typed.unknown().constantIf(isConstant);
		}
		List<Method> methods = Members.methods(owner.raw(), name, arguments.size());
		if (methods.isEmpty()) {
			throw noMethod(owner, name, arguments.size());
		}
		List<Method> fitting = methods.stream().filter((method) -> fits(method, arguments)).toList();
		methods = fitting.isEmpty() ? methods : fitting;
		this.found.addAll(methods);
		if (methods.size() == 1 && arguments.isEmpty() && methods.get(0).getParameterCount() == 0) {
			return read(owner, methods.get(0), reference.isNullSafe(), name + "()");
		}
		ResolvableType type = Members.typeOf(methods.get(0), owner.type());
		boolean same = methods.stream()
			.allMatch((method) -> Objects.equals(Members.typeOf(method, owner.type()).resolve(), type.resolve()));
		if (same && type.resolve() == void.class) {
			throw returnsNothing(name + "()");
		}
		CallValue direct = (fitting.size() == 1) ? invocation(owner, reference, methods.get(0), arguments) : null;
		return new Typed(same ? type : ResolvableType.NONE, direct, isConstant);
	}

	private static @Nullable CallValue invocation(Typed owner, MethodReference reference, Method method,
			List<Typed> arguments) {
		CallValue source = owner.direct();
		CallValue[] parameters = Typed.direct(arguments);
		if (source == null || parameters == null || arguments.stream().anyMatch(Typed::isUnknown)) {
			return null;
		}
		MethodHandle handle = Members.caller(method, owner.raw());
		return (handle != null)
				? new InvocationValue(source, handle, parameters, reference.isNullSafe(), reference.getName() + "()")
				: null;
	}

	private InvalidExpressionException noMethod(Typed owner, String name, int arguments) {
		Collection<String> names = Members.methodNames(owner.raw());
		return names.contains(name)
				? this.place.refuse(
						"a " + owner.name() + " has no public method '" + name + "' with " + arguments + " parameters",
						"Give it the arguments that it takes")
				: this.place.refuse("a " + owner.name() + " has no public method '" + name + "'",
						ExpressionPlace.mend(name, names, "", "methods"));
	}

	private InvalidExpressionException returnsNothing(String name) {
		return this.place.refuse("'" + name + "' returns nothing", "Call what returns a value and changes none");
	}

	private static boolean fits(Method method, List<Typed> arguments) {
		if (method.getParameterCount() != arguments.size()) {
			return false;
		}
		for (int i = 0; i < arguments.size(); i++) {
			Typed argument = arguments.get(i);
			if (!argument.isUnknown() && !ClassUtils.isAssignable(method.getParameterTypes()[i], argument.raw())) {
				return false;
			}
		}
		return true;
	}

	private Typed read(Typed owner, Member member, boolean nullSafe, String name) {
		ResolvableType type = Members.typeOf(member, owner.type());
		if (type.resolve() == void.class) {
			throw returnsNothing(name);
		}
		this.found.add(member);
		CallValue source = owner.direct();
		MethodHandle reader = (source != null) ? Members.reader(member, owner.raw()) : null;
		CallValue direct = (source != null && reader != null) ? new MemberValue(source, reader, nullSafe, name) : null;
		return new Typed(type, direct, owner.isConstant());
	}

	/** What an element of a value is. */
	Typed element(Typed owner) {
		Class<?> type = owner.raw();
		if (owner.isUnknown()) {
			return Typed.unknown();
		}
		if (type.isArray()) {
			return Typed.of(owner.type().getComponentType());
		}
		if (Map.class.isAssignableFrom(type)) {
			return Typed.of(owner.type().as(Map.class).getGeneric(1));
		}
		if (Iterable.class.isAssignableFrom(type)) {
			return Typed.of(owner.type().as(Iterable.class).getGeneric());
		}
		if (type == String.class) {
			return Typed.of(String.class);
		}
		throw this.place.refuse("a " + owner.name() + " has no elements", "Write '.name' for a property");
	}

}
