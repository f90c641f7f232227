/**
 * Crowds: many threads on few permits or tokens. Each program runs alone in its own JVM,
 * JDK 21 or later, and prints one line of JSON.
 */
@NullMarked
package io.github.penstock.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
