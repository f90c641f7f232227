/**
 * From a rule of the configuration to what happens to a request that comes in.
 */
@NullMarked
package io.github.penstock.requests;

import org.jspecify.annotations.NullMarked;
