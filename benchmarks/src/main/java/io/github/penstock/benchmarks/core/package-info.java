/**
 * The limiters themselves, without Spring: what it costs to be let in, and to be refused.
 */
@NullMarked
package io.github.penstock.benchmarks.core;

import org.jspecify.annotations.NullMarked;
