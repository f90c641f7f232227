package io.github.penstock.actuate;

import io.github.penstock.RefusalReason;

/**
 * A limiter has refused calls. Published as a Spring application event, once in ten
 * seconds for each limiter at most, on a thread of its own.
 *
 * @param kind the kind of the limiter
 * @param name its name
 * @param reason why the last of the calls was refused
 * @param others how many other calls were refused since the event before
 */
public record LimitRefusedEvent(LimiterKind kind, String name, RefusalReason reason, long others) {
}
