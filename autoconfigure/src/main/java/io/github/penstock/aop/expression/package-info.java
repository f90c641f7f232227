/**
 * The expressions with which an annotation names keys, plans and costs.
 */
@NullMarked
package io.github.penstock.aop.expression;

import org.jspecify.annotations.NullMarked;
