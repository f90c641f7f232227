/**
 * The bounded work queue: all items of an input processed, so many at a time, on the same
 * named limiters as everything else.
 */
@NullMarked
package io.github.penstock.work;

import org.jspecify.annotations.NullMarked;
