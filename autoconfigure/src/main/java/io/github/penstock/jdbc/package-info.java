/**
 * A data source that limits how many connections are handed out.
 */
@NullMarked
package io.github.penstock.jdbc;

import org.jspecify.annotations.NullMarked;
