package io.github.penstock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LimiterThreads}: what it is given is done in the end, threads or not.
 */
class LimiterThreadsTests {

	private final ManualTime time = new ManualTime();

	private final List<String> done = new ArrayList<>();

	private int threads;

	private void execute(Runnable task) {
		if (this.threads-- <= 0) {
			throw new OutOfMemoryError("unable to create native thread");
		}
		task.run();
	}

	@Test
	void whatFindsNoThreadIsTriedAgainUntilThereIsOne() {
		this.threads = -1;
		LimiterThreads.execute(() -> this.done.add("done"), this.time, this::execute);
		for (int i = 0; i < 3; i++) {
			this.time.advance(Duration.ofMillis(50));
			assertThat(this.done).isEmpty();
			assertThat(this.time.scheduled()).isOne();
		}
		this.threads = 1;
		this.time.advance(Duration.ofMillis(49));
		assertThat(this.done).isEmpty();
		this.time.advance(Duration.ofMillis(1));
		assertThat(this.done).containsExactly("done");
		assertThat(this.time.scheduled()).isZero();
	}

	@Test
	void whatFindsNeitherThreadNorTimerIsDoneAtOnce() {
		LimiterThreads.execute(() -> this.done.add("done"), new TimeWithoutTimers(), this::execute);
		assertThat(this.done).containsExactly("done");
	}

	@Test
	void whatNeedNotLeaveTheThreadStaysOnIt() {
		LimiterThreads.executeOffTimer(() -> this.done.add(Thread.currentThread().getName()), this.time);
		assertThat(this.done).containsExactly(Thread.currentThread().getName());
	}

	/** It has none left either. */
	private static final class TimeWithoutTimers implements TimeSource {

		@Override
		public long nanoTime() {
			return 0;
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			throw new IllegalStateException("Nobody parks here");
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			throw new OutOfMemoryError("unable to create native thread");
		}

	}

}
