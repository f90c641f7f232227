/**
 * Auto-configuration of Penstock for Spring Boot applications. From properties and
 * annotations to limiters: {@code PropertiesReader} binds, {@code ConfiguredLimiters}
 * brings both together in the {@code LimiterDefinitions} of each kind.
 */
@NullMarked
package io.github.penstock.autoconfigure;

import org.jspecify.annotations.NullMarked;
