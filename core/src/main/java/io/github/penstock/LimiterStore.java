/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.penstock;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * Where all instances of a service keep what they share: the tokens and permits of the
 * limiters that are shared. It only lends; who waits, how long, and who is next is each
 * instance's own business.
 * <p>
 * Nothing in here blocks or throws. An answer may come on any thread, and comes within
 * {@link #budget} or fails: with {@link StoreUnavailableException} where the store does
 * not answer, else with what is wrong with the question. For each supply there is one
 * question under way at a time in each instance.
 * <p>
 * Public for Penstock's own modules, and no API: it may change in any release.
 */
public interface LimiterStore {

	/**
	 * Connect, so that the first question need not wait for that; does not wait for it
	 * itself. A store that was not told to does so when it is asked first.
	 */
	default void start() {
	}

	/**
	 * Return how long an answer may take.
	 * @return the longest time until the stage of a question is complete
	 */
	Duration budget();

	/**
	 * Return how many instances share this store, as far as is known: this one and those
	 * that were seen a moment ago.
	 * @return 1 or more
	 */
	int instances();

	/**
	 * Put tokens back, charge some, and borrow some, in this order and in one step.
	 * @param request what to do
	 * @return the answer, within {@link #budget}
	 */
	CompletionStage<TokenReply> tokens(TokenRequest request);

	/**
	 * Say how many permits this instance needs, which takes, gives back and renews them.
	 * @param request what is needed
	 * @return the answer, within {@link #budget}
	 */
	CompletionStage<PermitReply> permits(PermitRequest request);

	/**
	 * Be told when it is time to ask for permits anew: another instance may have given
	 * some back, or wants some that this one has, or they have to be renewed. Each time
	 * is a question: who was told that others have to get some is not told again.
	 * @param supply whose permits
	 * @param wake what to do; by any thread, and quick
	 * @return ends it
	 */
	Runnable watch(Supply supply, Runnable wake);

	/**
	 * Do something once the store answers again, after a question has failed. Not before
	 * a moment has passed, so that a question which fails in any case is not asked all
	 * the time.
	 * @param action what to do; by any thread, and quick
	 */
	void whenAvailable(Runnable action);

	/**
	 * What is shared: the supply of a limiter, or of one of its keys.
	 *
	 * @param limiter the limiter's name
	 * @param key whose supply: a value, {@link OtherKeys#TOGETHER}, or {@code null} for
	 * those of the calls that have no key
	 */
	record Supply(String limiter, @Nullable Object key) {

		/**
		 * Return the key as bytes, by which a store can name it: the same in each JVM and
		 * version, and different for keys that are not equal. They say the key in clear.
		 * @return the bytes, {@code null} if there is no key
		 */
		public byte @Nullable [] keyBytes() {
			return (this.key != null) ? KeyBytes.of(this.key) : null;
		}

	}

	/**
	 * The key of what those keys share that an instance does not know and has no room
	 * for. It is a supply of its own, beside that of the calls that have no key.
	 */
	enum OtherKeys {

		/** All of them. */
		TOGETHER

	}

	/**
	 * What to do with the tokens of a rate limit.
	 *
	 * @param supply whose tokens
	 * @param rate the rate and the burst in force here
	 * @param charged tokens to take whether they are there or not; if negative, tokens to
	 * put back, as many as there is room for
	 * @param returned tokens that were borrowed and not used
	 * @param askedAt the store's clock in nanoseconds when this was asked, see
	 * {@link TokenReply#answeredAt}, or a little earlier: by so much later it is for what
	 * is returned when the store does it. It says nothing if nothing is returned
	 * @param wanted what calls want, in their order; each gets all of it or nothing
	 */
	record TokenRequest(Supply supply, RateLimiterSpec rate, long charged, List<Returned> returned, long askedAt,
			List<Wanted> wanted) {
	}

	/**
	 * Tokens that nobody has used: of one answer, those that were lent last. For the
	 * bucket it makes a difference: what comes back early would leave room that calls who
	 * use the later ones have taken.
	 *
	 * @param tokens how many
	 * @param runsOverInNanos when the bucket would have been full with what was left when
	 * they were taken, counted from {@link TokenRequest#askedAt}: what would have run
	 * over until the store has them is lost. Negative if that has passed. That is
	 * {@link TokenReply#fullInNanos} for the last tokens of an answer, and for those
	 * before them sooner by the time that the later ones take to come
	 * @param serial what the answer said with which they came, or
	 * {@value #UNKNOWN_SERIAL}
	 */
	record Returned(long tokens, long runsOverInNanos, long serial) {

		/** Of tokens of which it is not known with which answer they came. */
		public static final long UNKNOWN_SERIAL = -1;

	}

	/**
	 * What one call wants.
	 *
	 * @param tokens how many, from 1 to the burst
	 * @param patienceNanos how long it can wait for them, 0 for not at all
	 */
	record Wanted(long tokens, long patienceNanos) {
	}

	/**
	 * What became of a {@link TokenRequest}.
	 *
	 * @param serial the number of the last step that took tokens, of whatever instance,
	 * or {@link Returned#UNKNOWN_SERIAL} if the answer took more than one step
	 * @param fullInNanos when the bucket will be full after all that was lent, counted
	 * from {@code answeredAt}, or a little sooner
	 * @param answeredAt the store's own clock when it did this, in nanoseconds of any
	 * epoch; while it knows the bucket, that never goes back
	 * @param waits for each that was wanted: if 0 or more, they are lent and may be used
	 * after so many nanoseconds from the answer on; if less, nothing was taken, for it
	 * would have taken {@code -1 - wait} nanoseconds, {@link Long#MIN_VALUE} if for ever
	 */
	record TokenReply(long serial, long fullInNanos, long answeredAt, List<Long> waits) {
	}

	/**
	 * What an instance needs of the permits of a bulkhead.
	 *
	 * @param supply whose permits
	 * @param max how many there are over all instances, as far as this one knows. They
	 * may differ for a while, and all go by one: else they wake each other without end
	 * @param keep how many are in use here, or may be before the answer comes: they
	 * cannot be taken away
	 * @param want how many would be in use here if there were enough, {@code keep} or
	 * more
	 * @param known whether this instance was lent some before that it has not given back
	 */
	record PermitRequest(Supply supply, int max, int keep, int want, boolean known) {
	}

	/**
	 * What became of a {@link PermitRequest}.
	 *
	 * @param lent how many may be in use here, {@code want} at most. Less than
	 * {@code keep} if others have to get some as soon as they come back here
	 * @param booked how many the store has put down for this instance: the more of
	 * {@code lent} and {@code keep}
	 * @param lost whether what this instance was lent before was taken from it, for it
	 * did not renew it in time, or is not known any more; {@code keep} counts nothing
	 * then, and is asked for anew if its time is not over
	 * @param validNanos how long this holds, counted from the question, unless it is
	 * asked again
	 * @param inUse how many are lent over all instances
	 */
	record PermitReply(int lent, int booked, boolean lost, long validNanos, int inUse) {
	}

	/**
	 * The store does not answer, or not in time.
	 */
	final class StoreUnavailableException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		/**
		 * Create the exception.
		 * @param message what has happened
		 * @param cause why, or {@code null}
		 */
		public StoreUnavailableException(String message, @Nullable Throwable cause) {
			super(Objects.requireNonNull(message, "'message' must not be null"), cause, false, false);
		}

	}

}
