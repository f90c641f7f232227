/**
 * Work that begins with a subscription, whatever has it limited.
 */
@NullMarked
package io.github.penstock.reactive;

import org.jspecify.annotations.NullMarked;
