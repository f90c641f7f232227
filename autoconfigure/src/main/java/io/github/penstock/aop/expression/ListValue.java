package io.github.penstock.aop.expression;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A list of other values.
 */
final class ListValue implements CallValue {

	private final CallValue[] elements;

	ListValue(CallValue[] elements) {
		this.elements = elements;
	}

	@Override
	public List<@Nullable Object> of(@Nullable Object[] arguments, @Nullable Object result, @Nullable Throwable error,
			@Nullable String principal) throws Exception {
		@Nullable Object[] list = new @Nullable Object[this.elements.length];
		for (int i = 0; i < list.length; i++) {
			list[i] = this.elements[i].of(arguments, result, error, principal);
		}
		return Collections.unmodifiableList(Arrays.asList(list));
	}

}
