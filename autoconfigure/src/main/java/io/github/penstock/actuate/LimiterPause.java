package io.github.penstock.actuate;

import java.time.Duration;

/**
 * How far a client of a remote service holds its calls back because the service asked for
 * it, whatever its limiters would let in.
 *
 * @param client the name of the client
 * @param paused how long from now no call begins; zero if they do
 * @param restoring how long from now until the old pace is back
 */
public record LimiterPause(String client, Duration paused, Duration restoring) {
}
