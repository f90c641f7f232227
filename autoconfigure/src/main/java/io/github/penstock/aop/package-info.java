/**
 * From an annotation to what happens at a call.
 */
@NullMarked
package io.github.penstock.aop;

import org.jspecify.annotations.NullMarked;
