/**
 * Limiters as meters and as observations.
 */
@NullMarked
package io.github.penstock.micrometer;

import org.jspecify.annotations.NullMarked;
