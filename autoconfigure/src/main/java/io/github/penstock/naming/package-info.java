/**
 * What somebody may have meant by a name that does not exist.
 */
@NullMarked
package io.github.penstock.naming;

import org.jspecify.annotations.NullMarked;
