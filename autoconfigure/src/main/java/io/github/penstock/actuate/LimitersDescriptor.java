package io.github.penstock.actuate;

import java.util.List;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * All limiters, bulkheads first, by name.
 *
 * @param limiters the limiters
 */
public record LimitersDescriptor(List<LimiterDescriptor> limiters) implements OperationResponseBody {
}
