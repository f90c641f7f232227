package io.github.penstock.http;

import java.time.Duration;

/**
 * How far the requests of a client are held back because its server answered 429 or 503
 * and asked for a pause.
 *
 * @param paused how long no request begins, from now on; zero if they do
 * @param restoring how long from now until the old pace is back and a request that comes
 * then need not wait; zero if nothing is held back
 * @param waiting how many requests wait for their time
 * @param learned how often a server has asked for a pause
 */
public record PauseState(Duration paused, Duration restoring, int waiting, long learned) {
}
