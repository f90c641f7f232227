package io.github.penstock.jdbc;

import java.lang.reflect.Field;
import java.sql.CallableStatement;
import java.sql.DatabaseMetaData;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Has a native image keep what is looked at by reflection when data sources are limited.
 */
public final class ConnectionHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (Class<?> type : new Class<?>[] { CallableStatement.class, DatabaseMetaData.class }) {
			hints.proxies().registerJdkProxy(type);
			hints.reflection().registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
		Field field = LazyTargets.readOnly();
		if (field != null) {
			hints.reflection().registerField(field);
		}
	}

}
