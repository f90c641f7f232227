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

import java.lang.reflect.Field;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * The pool of a {@code HikariDataSource}, which begins with the first connection. Spring
 * Boot's pool metadata reads the field and not the method, so that a subclass must have
 * it too.
 */
final class HikariPoolField {

	private static final String CLASS = "com.zaxxer.hikari.HikariDataSource";

	private final DataSource target;

	private final @Nullable Field field;

	private @Nullable Object instance;

	// Written by many, and always from false to true.
	private boolean mirrored;

	HikariPoolField(DataSource target) {
		this.target = target;
		this.field = find(target.getClass());
		this.mirrored = this.field == null;
	}

	private static @Nullable Field find(Class<?> type) {
		for (Class<?> candidate = type; candidate != null; candidate = candidate.getSuperclass()) {
			if (candidate.getName().equals(CLASS)) {
				Field field = ReflectionUtils.findField(candidate, "pool");
				return (field != null && field.trySetAccessible()) ? field : null;
			}
		}
		return null;
	}

	/** Name the instance that has no pool of its own. */
	void mirrorIn(Object instance) {
		this.instance = instance;
		mirror();
	}

	/** Have the target's pool in the instance as well, if it has begun. */
	void mirror() {
		if (!this.mirrored) {
			copy();
		}
	}

	private void copy() {
		if (this.field != null) {
			Object pool = ReflectionUtils.getField(this.field, this.target);
			if (pool != null) {
				ReflectionUtils.setField(this.field, this.instance, pool);
				this.mirrored = true;
			}
		}
	}

}
