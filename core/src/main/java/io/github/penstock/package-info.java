/**
 * The limiters: a semaphore ({@link io.github.penstock.ConcurrencyLimiter}) and a token
 * bucket ({@link io.github.penstock.RateLimiter}) over one line of waiters, and the
 * registry that names them.
 */
@NullMarked
package io.github.penstock;

import org.jspecify.annotations.NullMarked;
