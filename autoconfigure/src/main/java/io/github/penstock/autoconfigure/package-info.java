/**
 * Auto-configuration of Penstock for Spring Boot applications. From properties and
 * annotations to limiters: {@code PropertiesReader} binds, {@code LimiterRegistrar}
 * brings both together in a {@code LimiterBook} of each kind.
 */
@NullMarked
package io.github.penstock.autoconfigure;

import org.jspecify.annotations.NullMarked;
