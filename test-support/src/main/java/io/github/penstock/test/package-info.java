/**
 * What tests of limited applications need.
 */
@NullMarked
package io.github.penstock.test;

import org.jspecify.annotations.NullMarked;
