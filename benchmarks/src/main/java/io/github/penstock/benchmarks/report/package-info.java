/**
 * Runs the measurements and writes what they found into the documentation.
 */
@NullMarked
package io.github.penstock.benchmarks.report;

import org.jspecify.annotations.NullMarked;
