/**
 * From properties and annotations to limiters: {@code PropertiesReader} reads what stands
 * below {@code penstock}, {@code ConfiguredLimiters} brings it together with what
 * annotations and code say, in the {@code LimiterDefinitions} of each kind.
 */
@NullMarked
package io.github.penstock.properties;

import org.jspecify.annotations.NullMarked;
