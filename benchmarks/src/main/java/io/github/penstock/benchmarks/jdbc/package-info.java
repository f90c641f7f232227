/**
 * Connections of a limited data source.
 */
@NullMarked
package io.github.penstock.benchmarks.jdbc;

import org.jspecify.annotations.NullMarked;
