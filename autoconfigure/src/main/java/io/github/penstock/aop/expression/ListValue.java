package io.github.penstock.aop.expression;

import java.util.ArrayList;
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
	public Object of(@Nullable Object[] arguments, @Nullable Object result, @Nullable Throwable error,
			@Nullable String principal) throws Exception {
		List<@Nullable Object> list = new ArrayList<>(this.elements.length);
		for (CallValue element : this.elements) {
			list.add(element.of(arguments, result, error, principal));
		}
		return list;
	}

}
