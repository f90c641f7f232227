/**
 * A service that limits its calls with Penstock.
 */
@NullMarked
package io.github.penstock.sample;

import org.jspecify.annotations.NullMarked;
