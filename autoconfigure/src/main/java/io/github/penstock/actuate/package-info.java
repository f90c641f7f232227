/**
 * What an application tells about its limiters while it runs.
 */
@NullMarked
package io.github.penstock.actuate;

import org.jspecify.annotations.NullMarked;
