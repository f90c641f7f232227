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
import java.util.Objects;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import io.github.penstock.aop.expression.ExpressionKind;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

/**
 * Reads what an annotation says: placeholders are resolved, what is left out is
 * {@code null}, and a name that is left out is that of the annotation's place.
 */
final class DeclarationReader {

	private final StringValueResolver resolver;

	/**
	 * Create a reader.
	 * @param resolver what resolves placeholders
	 */
	DeclarationReader(StringValueResolver resolver) {
		this.resolver = resolver;
	}

	BulkheadDeclaration read(MergedAnnotation<Bulkhead> annotation) {
		return new BulkheadDeclaration(name(annotation), integer(annotation, "max"), text(annotation, "timeout"),
				integer(annotation, "maxWaiting"), where(annotation));
	}

	RateLimitDeclaration readRate(MergedAnnotation<RateLimited> annotation) {
		double rps = annotation.getDouble("rps");
		return new RateLimitDeclaration(name(annotation), (rps != -Double.MAX_VALUE) ? rps : null,
				number(annotation, "limit"), text(annotation, "per"), number(annotation, "burst"),
				text(annotation, "timeout"), integer(annotation, "maxWaiting"),
				annotation.getBoolean("sliding") ? true : null, where(annotation));
	}

	/** An expression, {@code null} if there is none; it resolves placeholders itself. */
	@Nullable String expression(MergedAnnotation<?> annotation, ExpressionKind kind) {
		String text = annotation.getString(kind.attribute());
		return StringUtils.hasText(text) ? text : null;
	}

	/** Whether any expression says whose permits or tokens, or by which values. */
	boolean hasKey(MergedAnnotation<?> annotation) {
		return has(annotation, "key") || has(annotation, "plan");
	}

	/** Whether any expression says how many tokens. */
	boolean hasCost(MergedAnnotation<RateLimited> annotation) {
		return has(annotation, "cost") || has(annotation, "actualCost");
	}

	private static boolean has(MergedAnnotation<?> annotation, String attribute) {
		return StringUtils.hasText(annotation.getString(attribute));
	}

	/** The name of the fallback method, {@code null} if there is none. */
	@Nullable String fallback(MergedAnnotation<?> annotation) {
		return text(annotation, "fallback");
	}

	static String where(MergedAnnotation<?> annotation) {
		return LimitedMethod.where(place(annotation));
	}

	private static AnnotatedElement place(MergedAnnotation<?> annotation) {
		return (AnnotatedElement) Objects.requireNonNull(annotation.getSource());
	}

	private String name(MergedAnnotation<?> annotation) {
		String name = text(annotation, "name");
		String value = text(annotation, "value");
		if (name != null && value != null && !name.equals(value)) {
			throw new InvalidLimitDeclarationException(where(annotation), "@" + annotation.getType().getSimpleName()
					+ " has both name = '" + name + "' and value = '" + value + "', which mean the same",
					"Keep one of them");
		}
		String chosen = (name != null) ? name : (value != null) ? value : derivedName(place(annotation));
		if (!LimiterRegistry.isValidName(chosen)) {
			throw new InvalidLimitDeclarationException(where(annotation),
					"'" + chosen + "' is no valid name of a limiter",
					"Give it a name of at most 64 letters, digits, '.', '_' and '-' that begins with a letter or digit");
		}
		return chosen;
	}

	private static String derivedName(AnnotatedElement place) {
		return (place instanceof Method method) ? simpleName(method.getDeclaringClass()) + "." + method.getName()
				: simpleName((Class<?>) place);
	}

	private static String simpleName(Class<?> type) {
		String name = type.getSimpleName();
		return (!name.isEmpty()) ? name
				: type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
	}

	private @Nullable String text(MergedAnnotation<?> annotation, String attribute) {
		String text = annotation.getString(attribute);
		if (!text.isEmpty()) {
			try {
				text = this.resolver.resolveStringValue(text);
			}
			catch (RuntimeException ex) {
				throw unresolved(annotation, attribute, ex.getMessage());
			}
			if (text != null && text.contains("${")) {
				throw unresolved(annotation, attribute, "There is no value for '" + text + "'");
			}
		}
		return StringUtils.hasText(text) ? text.trim() : null;
	}

	private static InvalidLimitDeclarationException unresolved(MergedAnnotation<?> annotation, String attribute,
			@Nullable String reason) {
		return new InvalidLimitDeclarationException(where(annotation),
				"the placeholder in '" + attribute + "' of @" + annotation.getType().getSimpleName()
						+ " cannot be resolved: " + reason,
				"Define the property, or give the placeholder a default as in ${name:default}");
	}

	private static @Nullable Integer integer(MergedAnnotation<?> annotation, String attribute) {
		int value = annotation.getInt(attribute);
		return (value != Integer.MIN_VALUE) ? value : null;
	}

	private static @Nullable Long number(MergedAnnotation<?> annotation, String attribute) {
		long value = annotation.getLong(attribute);
		return (value != Long.MIN_VALUE) ? value : null;
	}

}
