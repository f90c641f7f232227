/**
 * What a limit adds to a request that comes in.
 */
@NullMarked
package io.github.penstock.benchmarks.web;

import org.jspecify.annotations.NullMarked;
