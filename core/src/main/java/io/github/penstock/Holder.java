package io.github.penstock;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A call that holds a permit, or waits for a permit or a token. Its texts have no line
 * breaks: those that come from {@code ConcurrencyLimiter.holders} and {@code waiters} are
 * as {@link VisibleText} has them.
 *
 * @param id tells it from all others of its limiter
 * @param what the method that asked for it, such as {@code com.acme.Orders.place}, as far
 * as it is known
 * @param thread the name of the thread that asked for it
 * @param trace the id of the trace that the call is part of, {@code null} if nobody knows
 * @param age how long it has held the permit, or waited
 */
public record Holder(long id, String what, String thread, @Nullable String trace, Duration age) {
}
