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

package io.github.penstock.proof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.Permit;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Joining, releasing, leaving and resizing at the same time lose neither a permit nor a
 * wake-up: when all is quiet nobody waits while a permit is free, and the permits in use
 * are those that somebody holds (P2, P3, P4).
 */
@Tag("soak")
class LineLincheckTests {

	@Test
	void lineWhenModelCheckedLosesNothing() {
		modelChecking(2).check(Line.class);
	}

	@Test
	void lineWhenStressedLosesNothing() {
		Search.stress(2).actorsBefore(1).actorsAfter(0).check(Line.class);
	}

	@Test
	void lineWhenCallsTimeOutAsTheyComeLosesNothing() {
		modelChecking(2).invocationsPerIteration(500).check(HastyLine.class);
	}

	@Test
	void lineThatLosesAWakeUpIsRejected() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> modelChecking(Search.UNTIL_FOUND).minimizeFailedScenario(false).check(LossyLine.class))
			.withMessageContaining("nothingIsLost has failed");
	}

	private static ModelCheckingOptions modelChecking(int scenarios) {
		return Search.modelChecking(scenarios).invocationsPerIteration(200).threads(2).actorsBefore(1).actorsAfter(0);
	}

	/** What each thread does with the futures that it was given itself. */
	@Param(name = "thread", gen = ThreadIdGen.class)
	public abstract static class Threads {

		private final List<List<CompletableFuture<Permit>>> futures = Stream.generate(Threads::newList)
			.limit(8)
			.toList();

		abstract CompletableFuture<Permit> acquireAsync();

		private static List<CompletableFuture<Permit>> newList() {
			return new ArrayList<>();
		}

		@Operation
		public void join(@Param(name = "thread") int thread) {
			this.futures.get(thread).add(acquireAsync());
		}

		@Operation
		public void release(@Param(name = "thread") int thread) {
			List<CompletableFuture<Permit>> own = this.futures.get(thread);
			for (int i = 0; i < own.size(); i++) {
				if (isGranted(own.get(i))) {
					own.remove(i).join().close();
					return;
				}
			}
		}

		@Operation
		public void cancel(@Param(name = "thread") int thread) {
			List<CompletableFuture<Permit>> own = this.futures.get(thread);
			for (int i = own.size() - 1; i >= 0; i--) {
				if (own.get(i).cancel(false)) {
					return;
				}
			}
		}

		void check(int max, int inUse, int waiting) {
			long granted = this.futures.stream().flatMap(List::stream).filter(Threads::isGranted).count();
			long undecided = this.futures.stream().flatMap(List::stream).filter((future) -> !future.isDone()).count();
			if (inUse != granted || waiting != undecided || (undecided > 0 && granted < max)) {
				throw new AssertionError("max " + max + ", in use " + inUse + ", waiting " + waiting + ", but "
						+ granted + " granted and " + undecided + " not decided");
			}
		}

		private static boolean isGranted(CompletableFuture<Permit> future) {
			return future.isDone() && !future.isCompletedExceptionally();
		}

	}

	@Param(name = "max", gen = IntGen.class, conf = "0:2")
	public static class Line extends Threads {

		private final ConcurrencyLimiter limiter = LimiterFactory.local(new FrozenTime(0))
			.concurrencyLimiter("line", ConcurrencyLimiterSpec.of(1));

		@Override
		CompletableFuture<Permit> acquireAsync() {
			return this.limiter.acquireAsync(Duration.ofSeconds(1), Runnable::run);
		}

		@Operation
		public void resize(@Param(name = "max") int max) {
			this.limiter.change((spec) -> spec.withMax(max));
		}

		@Validate
		public void nothingIsLost() {
			check(this.limiter.max(), this.limiter.inUse(), this.limiter.waiting());
		}

	}

	/** Calls that come and whose timeout is over before the line has looked at them. */
	public static class HastyLine {

		private final Deque<Runnable> timeouts = new ConcurrentLinkedDeque<>();

		private final Queue<CompletableFuture<Permit>> futures = new ConcurrentLinkedQueue<>();

		private final ConcurrencyLimiter limiter = LimiterFactory.local(new FrozenTime(0, this.timeouts::add))
			.concurrencyLimiter("line", ConcurrencyLimiterSpec.of(1));

		@Operation
		public void join() {
			this.futures.add(this.limiter.acquireAsync(Duration.ofSeconds(1), Runnable::run));
		}

		/** The timeout of the call that joined last is over. */
		@Operation
		public void timeOut() {
			Runnable timeout = this.timeouts.pollLast();
			if (timeout != null) {
				timeout.run();
			}
		}

		/** Each call is told when those before it have given their permits back. */
		@Validate
		public void nothingIsLost() {
			while (this.futures.removeIf(HastyLine::end)) {
				// Somebody was let in meanwhile.
			}
			if (!this.futures.isEmpty() || this.limiter.waiting() != 0 || this.limiter.inUse() != 0) {
				throw new AssertionError("Waiting: " + this.limiter.waiting() + ", in use: " + this.limiter.inUse()
						+ ", not told: " + this.futures.size());
			}
		}

		private static boolean end(CompletableFuture<Permit> future) {
			if (future.isDone() && !future.isCompletedExceptionally()) {
				future.join().close();
			}
			return future.isDone();
		}

	}

	/**
	 * The canary: who gives back looks for waiters before the one who joins is there.
	 * Each scenario has the fault in it, as each call gives back at once what it is
	 * granted.
	 */
	public static class LossyLine {

		private final AtomicInteger free = new AtomicInteger(1);

		private final Queue<CompletableFuture<Permit>> waiting = new ConcurrentLinkedQueue<>();

		@Operation
		public void pass() {
			if (this.free.getAndUpdate((now) -> Math.max(0, now - 1)) > 0) {
				giveBack();
			}
			else {
				CompletableFuture<Permit> future = new CompletableFuture<>();
				this.waiting.add(future);
				future.thenAccept(Permit::close);
			}
		}

		private void giveBack() {
			CompletableFuture<Permit> next = this.waiting.poll();
			if (next != null) {
				next.complete(new CanaryPermit(this::giveBack));
			}
			else {
				this.free.incrementAndGet();
			}
		}

		@Validate
		public void nothingIsLost() {
			if (!this.waiting.isEmpty()) {
				throw new AssertionError("Free: " + this.free.get() + ", waiting: " + this.waiting.size());
			}
		}

	}

}
