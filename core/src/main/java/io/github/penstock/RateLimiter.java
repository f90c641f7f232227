package io.github.penstock;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * A token bucket with one fair line of waiters and a rate that may change at any time. In
 * any window of length T it lets at most {@code burst + rate * T} calls in. The bucket is
 * full at the start. If its spec is {@link RateLimiterSpec#sliding() sliding}, it lets at
 * most {@code limit} calls in in any window of length {@code per} instead, and a token is
 * the place of a call that was {@code per} ago. Who comes first is served first, and
 * nobody waits for a token that would come after the timeout.
 */
public non-sealed interface RateLimiter extends Limiter {

	/**
	 * Take a token, waiting in line for the configured timeout at most. Blocks.
	 * @throws RateLimitExceededException if the call was refused: at once if the token
	 * would come too late
	 * @throws InterruptedException if the thread was interrupted while it had to wait; it
	 * took no token then
	 */
	void acquire() throws InterruptedException;

	/**
	 * Take a token, waiting in line for the given time at most. Blocks.
	 * @param timeout how long to wait, zero for not at all
	 * @throws RateLimitExceededException if the call was refused: at once if the token
	 * would come too late
	 * @throws InterruptedException if the thread was interrupted while it had to wait; it
	 * took no token then
	 */
	void acquire(Duration timeout) throws InterruptedException;

	/**
	 * Take a token if there is one and nobody waits for it. Never blocks.
	 * @return whether there was one
	 */
	boolean tryAcquire();

	/**
	 * Take a token, waiting in line for the configured timeout at most. Never blocks.
	 * @return a future that is done already if there was a token; otherwise it completes
	 * on an executor. It fails with a {@link RateLimitExceededException} if the call was
	 * refused. Cancelling it, or completing it in any way, leaves the line at once.
	 */
	CompletableFuture<@Nullable Void> acquireAsync();

	/**
	 * Take a token. Never blocks.
	 * @param timeout how long to wait, zero for not at all
	 * @param executor what completes the future of a call that had to wait
	 * @return a future, see {@link #acquireAsync()}
	 */
	CompletableFuture<@Nullable Void> acquireAsync(Duration timeout, Executor executor);

	/**
	 * Take a token for a call that follows on the current thread, waiting in line for the
	 * configured timeout at most. Blocks; allocates nothing when it need not wait. For
	 * code that surrounds calls, as an interceptor does.
	 * @throws RateLimitExceededException if the call was refused; if that was because of
	 * an interrupt, the thread's interrupt flag is set
	 */
	void enter();

	/**
	 * Take a token for a call that follows on the current thread, as {@link #enter()}
	 * does, with a timeout of the caller's own. Blocks; allocates nothing when it need
	 * not wait.
	 * @param timeout makes how long to wait of the timeout in force; asked only if the
	 * call has to wait, {@code null} for the timeout in force
	 * @throws RateLimitExceededException if the call was refused; if that was because of
	 * an interrupt, the thread's interrupt flag is set
	 */
	void enter(@Nullable UnaryOperator<Duration> timeout);

	/**
	 * Return the tokens that could be taken now; 0 if calls wait in line.
	 * @return whole tokens
	 */
	long available();

	/**
	 * Return the values in force.
	 * @return the spec
	 */
	RateLimiterSpec spec();

	/**
	 * Return the values that {@link #reset} goes back to.
	 * @return the spec as configured
	 */
	RateLimiterSpec configured();

	/**
	 * Change values while calls wait. The tokens in the bucket stay, as many as the new
	 * capacity holds; the line is timed anew, and whoever would now get a token too late
	 * is refused at once. What was let in before counts in a sliding window; if it is not
	 * known when that was, it counts as late as it can have been.
	 * @param change makes the new values of those in force; may be called more than once
	 * when several threads change at the same time
	 * @return the values in force from now on
	 * @throws InvalidLimitException if a value is out of range; nothing was changed
	 */
	RateLimiterSpec change(UnaryOperator<RateLimiterSpec> change);

	/**
	 * Replace the configured values. Those in force follow, as by {@link #change}, each
	 * one unless it was changed before; where a rate and a burst would not go together,
	 * what is in force stays as it is. Not to be called by two threads at a time.
	 * @param configured the values that {@link #reset} goes back to from now on
	 */
	void configure(RateLimiterSpec configured);

}
