package io.github.penstock.actuate;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.util.ClassUtils;

/**
 * Has a native image keep the files of the page.
 */
public final class PageHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources()
			.registerPattern(ClassUtils.convertClassNameToResourcePath(PageHints.class.getPackageName()) + "/page.*");
	}

}
