/**
 * What work queues take along from the calling thread, by Micrometer's context
 * propagation.
 */
@NullMarked
package io.github.penstock.context;

import org.jspecify.annotations.NullMarked;
