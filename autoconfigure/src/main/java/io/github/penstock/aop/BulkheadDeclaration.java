package io.github.penstock.aop;

import org.jspecify.annotations.Nullable;

/**
 * What one {@code @Bulkhead} says, before the configuration has its say. {@code null} is
 * what it leaves out; placeholders are resolved.
 *
 * @param name the bulkhead's name, given or derived
 * @param max the permits
 * @param timeout the timeout as text
 * @param maxWaiting the bound of the line
 * @param where the place of the annotation, such as {@code com.acme.Orders.place(String)}
 */
public record BulkheadDeclaration(String name, @Nullable Integer max, @Nullable String timeout,
		@Nullable Integer maxWaiting, String where) {
}
