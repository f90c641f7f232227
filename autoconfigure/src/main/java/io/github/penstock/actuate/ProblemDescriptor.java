package io.github.penstock.actuate;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Why something was not done.
 *
 * @param status the HTTP status
 * @param detail the reason, for people
 */
record ProblemDescriptor(int status, @Nullable String detail) implements OperationResponseBody {
}
