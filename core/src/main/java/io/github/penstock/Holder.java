package io.github.penstock;

import java.time.Duration;

/**
 * A call that holds a permit, or waits for one.
 *
 * @param id tells it from all others of its limiter
 * @param what the method that asked for the permit, such as
 * {@code com.acme.Orders.place}, as far as it is known
 * @param thread the name of the thread that asked for it
 * @param age how long it has held the permit, or waited
 */
public record Holder(long id, String what, String thread, Duration age) {
}
