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
import java.lang.reflect.UndeclaredThrowableException;

import org.jspecify.annotations.Nullable;

/**
 * A property of another value, read by a method handle.
 */
final class MemberValue implements CallValue {

	private final CallValue owner;

	private final MethodHandle reader;

	private final boolean nullSafe;

	private final String name;

	MemberValue(CallValue owner, MethodHandle reader, boolean nullSafe, String name) {
		this.owner = owner;
		this.reader = reader;
		this.nullSafe = nullSafe;
		this.name = name;
	}

	@Override
	public @Nullable Object of(@Nullable Object[] arguments, @Nullable Object result, @Nullable Throwable error,
			@Nullable String principal) throws Exception {
		Object object = this.owner.of(arguments, result, error, principal);
		if (object == null) {
			if (this.nullSafe) {
				return null;
			}
			throw new NullPointerException("'" + this.name + "' is read of null");
		}
		try {
			return (@Nullable Object) this.reader.invokeExact(object);
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new UndeclaredThrowableException(ex);
		}
	}

}
