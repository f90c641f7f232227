package io.github.penstock;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Timer}.
 */
@Timeout(30)
class TimerTests {

	private final TimeSource time = TimeSource.system();

	@Test
	void tasksRunInTheOrderOfTheirTimes() throws InterruptedException {
		long apart = TimeUnit.MILLISECONDS.toNanos(20);
		List<Integer> order = Collections.synchronizedList(new ArrayList<>());
		boolean inTime;
		do {
			order.clear();
			CountDownLatch done = new CountDownLatch(3);
			long start = System.nanoTime();
			for (int i = 3; i >= 1; i--) {
				int number = i;
				this.time.schedule(() -> {
					order.add(number);
					done.countDown();
				}, number * apart);
			}
			// Otherwise the last may be due after the others.
			inTime = System.nanoTime() - start < apart;
			assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		}
		while (!inTime);
		assertThat(order).containsExactly(1, 2, 3);
	}

	@Test
	void taskWhenEarlierThanAllOthersWakesTheTimer() throws InterruptedException {
		Runnable later = this.time.schedule(() -> {
		}, Long.MAX_VALUE);
		CountDownLatch done = new CountDownLatch(1);
		this.time.schedule(done::countDown, TimeUnit.MILLISECONDS.toNanos(1));
		assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		later.run();
	}

	@Test
	void taskWhenCancelledDoesNotRun() throws InterruptedException {
		AtomicInteger ran = new AtomicInteger();
		CountDownLatch hold = new CountDownLatch(1);
		this.time.schedule(() -> awaitUninterrupted(hold), 0);
		List<Runnable> cancels = new ArrayList<>();
		for (int i = 0; i < 5_000; i++) {
			cancels.add(this.time.schedule(ran::incrementAndGet, TimeUnit.MILLISECONDS.toNanos(1)));
		}
		cancels.forEach(Runnable::run);
		CountDownLatch done = new CountDownLatch(1);
		this.time.schedule(done::countDown, TimeUnit.MILLISECONDS.toNanos(2));
		hold.countDown();
		assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(ran).hasValue(0);
	}

	@Test
	void taskWhenOneBeforeItThrowsRunsAllTheSame() throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		this.time.schedule(() -> {
			throw new IllegalStateException("thrown by a test");
		}, 0);
		this.time.schedule(done::countDown, 1);
		assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
	}

	private static void awaitUninterrupted(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
