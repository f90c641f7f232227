/**
 * Annotated methods in application contexts: what a limit adds to a call.
 */
@NullMarked
package io.github.penstock.benchmarks.spring;

import org.jspecify.annotations.NullMarked;
