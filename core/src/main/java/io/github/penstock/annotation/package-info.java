/**
 * The two annotations: all that a domain module needs to say which of its methods are
 * limited.
 */
@NullMarked
package io.github.penstock.annotation;

import org.jspecify.annotations.NullMarked;
