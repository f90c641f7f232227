package io.github.penstock.http.library;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Has a native image keep what {@link HttpComponentsRedirects} reads of a builder, if the
 * library is there.
 */
public final class HttpComponentsHints implements RuntimeHintsRegistrar {

	private static final List<String> BUILDERS = List.of("org.apache.hc.client5.http.impl.classic.HttpClientBuilder",
			"org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (String builder : BUILDERS) {
			hints.reflection().registerTypeIfPresent(classLoader, builder, MemberCategory.ACCESS_DECLARED_FIELDS);
		}
	}

}
