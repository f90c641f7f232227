package io.github.penstock.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RefusalReason;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link Pause}.
 */
class PauseTests {

	private static final Duration MAX = Duration.ofMinutes(1);

	private static final long LONG = TimeUnit.HOURS.toNanos(1);

	private final SetTime time = new SetTime();

	private final Pause pause = new Pause("remote", MAX, this.time);

	@Test
	void takeWhenNobodyAskedForPauseIsAtOnce() {
		assertThat(this.pause.take(0, 0)).isZero();
		assertThat(this.pause.state()).isEqualTo(new PauseState(Duration.ZERO, Duration.ZERO, 0, 0));
	}

	@Test
	void learnHoldsEverybodyBackAtMostATenthLonger() {
		this.pause.learn(Duration.ofSeconds(3));
		assertThat(this.pause.isPaused()).isTrue();
		assertThat(this.pause.take(LONG, 0)).isBetween(seconds(3), seconds(3.3));
		assertThat(this.pause.state().paused()).isBetween(Duration.ofSeconds(3), Duration.ofMillis(3300));
		assertThat(this.pause.state().learned()).isOne();
		this.time.advance(Duration.ofMillis(3300));
		assertThat(this.pause.isPaused()).isFalse();
	}

	@Test
	void learnWhenTheServerAsksForAnAbsurdTimeIsBounded() {
		this.pause.learn(Duration.ofSeconds(9_999_999));
		assertThat(this.pause.state().paused()).isBetween(Duration.ofSeconds(54), MAX);
	}

	@Test
	void learnWhenAShorterPauseFollowsKeepsTheLongerOne() {
		this.pause.learn(Duration.ofSeconds(30));
		Duration paused = this.pause.state().paused();
		this.pause.learn(Duration.ofSeconds(2));
		assertThat(this.pause.state().paused()).isEqualTo(paused);
		this.pause.learn(Duration.ofSeconds(50));
		assertThat(this.pause.state().paused()).isGreaterThanOrEqualTo(Duration.ofSeconds(50));
	}

	@Test
	void takeWhenThePauseIsLongerThanTheTimeoutIsRefusedAtOnceWithTheTime() {
		this.pause.learn(Duration.ofSeconds(10));
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> this.pause.take(seconds(9), 0))
			.satisfies((refusal) -> {
				assertThat(refusal.name()).isEqualTo("remote");
				assertThat(refusal.reason()).isEqualTo(RefusalReason.WAIT_TOO_LONG);
				assertThat(refusal.retryAfter()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
				assertThat(refusal.waited()).isZero();
			})
			.withMessageContaining("rate=paused as the server asked");
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> this.pause.check(0))
			.satisfies((refusal) -> assertThat(refusal.reason()).isEqualTo(RefusalReason.FULL));
		assertThatNoException().isThrownBy(() -> this.pause.check(seconds(12)));
	}

	@Test
	void takeAfterPauseComesBackGraduallyToThePaceBefore() {
		for (int i = 0; i < 100; i++) {
			this.pause.began();
		}
		this.pause.learn(Duration.ofSeconds(4));
		PauseState state = this.pause.state();
		List<Long> turns = new ArrayList<>();
		for (int i = 0; i < 400; i++) {
			turns.add(this.pause.take(LONG, 0));
		}
		assertThat(turns).isSorted();
		long start = turns.get(0);
		long ramp = state.restoring().minus(state.paused()).toNanos();
		assertThat(ramp).isBetween(seconds(4), seconds(4.4));
		// A line that rises from 0 to 100 per second: a quarter of its area by its half.
		assertThat(between(turns, start, start + ramp / 2)).isBetween(49L, 56L);
		assertThat(between(turns, start, start + ramp)).isBetween(199L, 221L);
		assertThat(between(turns, start + ramp, start + ramp + seconds(1))).isBetween(99L, 101L);
	}

	@Test
	void takeWhenThePaceIsRestoredForgetsThePause() {
		this.pause.learn(Duration.ofSeconds(2));
		this.time.advance(Duration.ofSeconds(10));
		assertThat(this.pause.take(0, 0)).isZero();
		assertThat(this.pause.state()).isEqualTo(new PauseState(Duration.ZERO, Duration.ZERO, 0, 1));
		assertThat(this.pause.take(0, 0)).isZero();
	}

	@Test
	void stateWhenRequestsWaitBehindTheRampIsRestoring() {
		this.pause.learn(Duration.ofSeconds(2));
		long last = 0;
		for (int i = 0; i < 10; i++) {
			last = this.pause.take(LONG, 0);
		}
		assertThat(this.pause.state().restoring()).isGreaterThan(Duration.ofNanos(last));
		this.time.advance(Duration.ofNanos(last - 1));
		assertThat(this.pause.state().paused()).isZero();
		assertThat(this.pause.state().restoring()).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1100));
		assertThat(this.pause.take(LONG, 0)).isPositive();
		this.time.advance(Duration.ofSeconds(3));
		assertThat(this.pause.state().restoring()).isZero();
		assertThat(this.pause.take(0, 0)).isZero();
	}

	@Test
	void takeDuringTheRampLetsNewcomersInAtItsPace() {
		for (int i = 0; i < 10; i++) {
			this.pause.began();
		}
		this.pause.learn(Duration.ofSeconds(2));
		long admitted = 0;
		long first = -1;
		for (int ms = 0; ms < 6000; ms++) {
			try {
				if (this.pause.take(0, 0) == 0) {
					admitted++;
					first = (first < 0) ? ms : first;
				}
			}
			catch (RateLimitExceededException ex) {
				assertThat(ex.retryAfter()).isPositive();
			}
			if (this.pause.state().restoring().isZero() && ms > 100) {
				break;
			}
			this.time.advance(Duration.ofMillis(1));
		}
		assertThat(first).isBetween(2000L, 2201L);
		assertThat(admitted).isBetween(10L, 13L);
	}

	@Test
	void learnWhenRestoringKeepsThePaceBeforeTheFirstPause() {
		for (int i = 0; i < 50; i++) {
			this.pause.began();
		}
		this.pause.learn(Duration.ofSeconds(2));
		this.time.advance(Duration.ofMillis(2300));
		assertThat(this.pause.take(0, 0)).isZero();
		this.pause.learn(Duration.ofSeconds(2));
		List<Long> turns = new ArrayList<>();
		for (int i = 0; i < 60; i++) {
			turns.add(this.pause.take(LONG, 0));
		}
		assertThat(turns.get(50) - turns.get(0)).isBetween(seconds(2), seconds(2.2));
	}

	private static long between(List<Long> turns, long from, long to) {
		return turns.stream().filter((turn) -> turn >= from && turn < to).count();
	}

	private static long seconds(double seconds) {
		return (long) (seconds * 1e9);
	}

}
