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

package io.github.penstock.aop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RefusalReason;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Methods that return a stage: C2 and C3.
 */
class StageMethodTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private static final ThreadLocal<String> USER = new ThreadLocal<>();

	private LimitedContext context;

	private Mill mill;

	@BeforeEach
	void start() {
		this.context = LimitedContext.of(Mill.class);
		this.mill = this.context.bean(Mill.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	@Test
	void callWhenPermitIsFreeReturnsTheMethodsOwnStage() {
		CompletableFuture<String> own = new CompletableFuture<>();
		assertThat(this.mill.one(own)).isSameAs(own);
		assertThat(this.mill.log().threads).containsExactly(Thread.currentThread());
		assertThat(inUse()).isEqualTo(1);
		own.complete("flour");
		assertThat(inUse()).isZero();
	}

	@Test
	void permitWhenStageFailsIsBack() {
		CompletableFuture<String> own = new CompletableFuture<>();
		this.mill.one(own);
		own.completeExceptionally(new IllegalStateException());
		assertThat(inUse()).isZero();
	}

	@Test
	void permitWhenMethodThatReturnsAnythingReturnsAStageIsBackWhenItIsCompleted() {
		CompletableFuture<String> own = new CompletableFuture<>();
		assertThat(this.mill.anything(own)).isSameAs(own);
		assertThat(this.context.bulkhead("Mill.anything").inUse()).isEqualTo(1);
		own.complete("done");
		assertThat(this.mill.anything("done")).isEqualTo("done");
	}

	@Test
	void permitWhenCallerCancelsIsBack() {
		CompletableFuture<String> own = new CompletableFuture<>();
		this.mill.one(own).cancel(true);
		assertThat(own).isCancelled();
		assertThat(inUse()).isZero();
	}

	@Test
	void callWhenMethodThrowsThrowsTheSame() {
		IllegalStateException failure = new IllegalStateException();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.mill.fail(failure))
			.isSameAs(failure);
		assertThat(this.mill.fail(null)).isNull();
		assertThat(this.context.bulkhead("Mill.fail").inUse()).isZero();
	}

	@Test
	void callWhenItMustWaitReturnsAtOnceAndBeginsWhenThePermitComes() {
		CompletableFuture<String> first = new CompletableFuture<>();
		CompletableFuture<String> second = new CompletableFuture<>();
		this.mill.one(first);
		CompletableFuture<String> waiting = this.mill.one(second);
		assertThat(waiting).isNotDone().isNotSameAs(second);
		assertThat(this.mill.log().threads).hasSize(1);
		assertThat(this.context.bulkhead("one").waiting()).isEqualTo(1);
		first.complete("flour");
		Awaitility.await().until(() -> this.mill.log().threads.size() == 2);
		assertThat(this.mill.log().threads.get(1)).isNotSameAs(Thread.currentThread());
		assertThat(waiting).isNotDone();
		assertThat(inUse()).isEqualTo(1);
		second.complete("bran");
		assertThat(waiting).succeedsWithin(SOON).isEqualTo("bran");
	}

	@Test
	void waitingCallWhenItsStageFailsFailsWithTheSame() {
		CompletableFuture<String> first = new CompletableFuture<>();
		this.mill.one(first);
		IllegalStateException failure = new IllegalStateException();
		CompletableFuture<String> waiting = this.mill.one(CompletableFuture.failedFuture(failure));
		CompletableFuture<String> nothing = this.mill.one(null);
		CompletableFuture<String> broken = this.mill.one(new Broken());
		first.complete("flour");
		assertThat(waiting).failsWithin(SOON).withThrowableThat().withCause(failure);
		assertThat(nothing).succeedsWithin(SOON).isNull();
		assertThat(broken).failsWithin(SOON)
			.withThrowableThat()
			.withCauseInstanceOf(UnsupportedOperationException.class);
	}

	@Test
	void waitingCallWhenCancelledLeavesTheLine() {
		CompletableFuture<String> first = new CompletableFuture<>();
		this.mill.one(first);
		CompletableFuture<String> waiting = this.mill.one(new CompletableFuture<>());
		waiting.cancel(false);
		assertThat(this.context.bulkhead("one").waiting()).isZero();
		first.complete("flour");
		assertThat(inUse()).isZero();
		assertThat(this.mill.log().threads).hasSize(1);
	}

	@Test
	void waitingCallWhenCancelledAfterItBeganCancelsTheMethodsStage() {
		CompletableFuture<String> first = new CompletableFuture<>();
		this.mill.one(first);
		CompletableFuture<String> second = new CompletableFuture<>();
		CompletableFuture<String> waiting = this.mill.one(second);
		first.complete("flour");
		Awaitility.await().until(() -> this.mill.log().threads.size() == 2);
		waiting.cancel(true);
		Awaitility.await().until(second::isCancelled);
		this.context.assertQuiet();
	}

	@Test
	void callWhenRefusedReturnsAFailedStage() {
		CompletableFuture<String> own = new CompletableFuture<>();
		this.mill.impatient(own);
		assertThat(this.mill.impatient(new CompletableFuture<>())).failsWithin(SOON)
			.withThrowableThat()
			.havingCause()
			.isInstanceOfSatisfying(BulkheadFullException.class,
					(ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.FULL));
		own.complete("flour");
	}

	@Test
	void callWhenTokenIsRefusedFailsAndGivesThePermitBack() {
		assertThat(this.mill.both(CompletableFuture.completedFuture("flour"))).succeedsWithin(SOON);
		assertThat(this.mill.both(new CompletableFuture<>())).failsWithin(SOON)
			.withThrowableThat()
			.withCauseInstanceOf(RateLimitExceededException.class);
		assertThat(this.context.bulkhead("both").inUse()).isZero();
	}

	@Test
	void waitingCallWhenItNeedsATokenTooWaitsForIt() {
		CompletableFuture<String> first = new CompletableFuture<>();
		this.mill.metered(first);
		List<CompletionStage<String>> waiting = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			waiting.add(this.mill.metered(CompletableFuture.completedFuture("bran")));
		}
		first.complete("flour");
		for (CompletionStage<String> stage : waiting) {
			assertThat(stage.toCompletableFuture()).succeedsWithin(SOON).isEqualTo("bran");
		}
		assertThat(this.context.rateLimit("metered").stats().granted()).isEqualTo(6);
	}

	@Test
	void waitingForATokenWhenCancelledGivesThePermitBack() {
		assertThat(this.mill.scarce(CompletableFuture.completedFuture("flour"))).succeedsWithin(SOON);
		CompletableFuture<String> waiting = this.mill.scarce(new CompletableFuture<>());
		assertThat(waiting).isNotDone();
		assertThat(this.context.bulkhead("scarce").inUse()).isEqualTo(1);
		waiting.cancel(false);
		assertThat(this.context.bulkhead("scarce").inUse()).isZero();
		assertThat(this.context.rateLimit("scarce").waiting()).isZero();
	}

	@Test
	void bulkheadWhenManyCallsAreMadeLetsMaxRun() throws Exception {
		List<CompletableFuture<Integer>> results = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			results.add(this.mill.grind());
		}
		CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
		assertThat(results).allSatisfy((result) -> assertThat(result.join()).isBetween(1, 2));
	}

	@Test
	void bodyWhenItCallsTheSameBulkheadSharesThePermit() {
		CompletableFuture<String> inner = new CompletableFuture<>();
		CompletableFuture<String> outer = this.mill.outer(this.mill, inner);
		assertThat(outer).isNotDone();
		assertThat(this.context.bulkhead("one").inUse()).isEqualTo(1);
		inner.complete("flour");
		assertThat(outer).succeedsWithin(SOON);
	}

	@Test
	void waitingCallWhenItBeginsHasTheCallersContext() {
		ContextRegistry.getInstance().registerThreadLocalAccessor("penstock-test", USER);
		ClassLoader callers = new ClassLoader(getClass().getClassLoader()) {
		};
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		CompletableFuture<String> first = new CompletableFuture<>();
		CompletableFuture<Object[]> seen;
		try {
			this.mill.context(first);
			USER.set("miller");
			Thread.currentThread().setContextClassLoader(callers);
			seen = this.mill.context(null);
		}
		finally {
			USER.remove();
			Thread.currentThread().setContextClassLoader(before);
		}
		first.complete("flour");
		assertThat(seen).succeedsWithin(SOON).isEqualTo(new Object[] { "miller", callers });
		ContextRegistry.getInstance().removeThreadLocalAccessor("penstock-test");
	}

	@Test
	void waitingCallWhenContextCannotBeCapturedFailsAndLeavesTheLine() {
		BrokenAccessor accessor = new BrokenAccessor();
		accessor.failsToCapture = true;
		CompletableFuture<String> first = new CompletableFuture<>();
		this.mill.one(first);
		withAccessor(accessor,
				() -> assertThat(this.mill.one(new CompletableFuture<>())).failsWithin(SOON)
					.withThrowableThat()
					.havingCause()
					.isSameAs(accessor.failure));
		assertThat(this.context.bulkhead("one").waiting()).isZero();
		first.complete("flour");
		this.context.assertQuiet();
	}

	@Test
	void waitingCallWhenContextCannotBeRestoredFailsAndGivesThePermitBack() {
		BrokenAccessor accessor = new BrokenAccessor();
		accessor.failsToRestore = true;
		CompletableFuture<String> first = new CompletableFuture<>();
		this.mill.one(first);
		withAccessor(accessor, () -> {
			CompletableFuture<String> waiting = this.mill.one(new CompletableFuture<>());
			first.complete("flour");
			assertThat(waiting).failsWithin(SOON).withThrowableThat().havingCause().isSameAs(accessor.failure);
		});
		this.context.assertQuiet();
		assertThat(this.mill.log().threads).hasSize(1);
	}

	@Test
	void waitingCallWhenContextCannotBeTakenAwayGoesOn() {
		BrokenAccessor accessor = new BrokenAccessor();
		accessor.failsToReset = true;
		CompletableFuture<String> first = new CompletableFuture<>();
		this.mill.one(first);
		withAccessor(accessor, () -> {
			CompletableFuture<String> second = new CompletableFuture<>();
			CompletableFuture<String> waiting = this.mill.one(second);
			first.complete("flour");
			Awaitility.await().until(() -> this.mill.log().threads.size() == 2);
			assertThat(inUse()).isOne();
			second.complete("bran");
			assertThat(waiting).succeedsWithin(SOON).isEqualTo("bran");
		});
		this.context.assertQuiet();
	}

	private static void withAccessor(BrokenAccessor accessor, Runnable test) {
		ContextRegistry.getInstance().registerThreadLocalAccessor(accessor);
		try {
			test.run();
		}
		finally {
			ContextRegistry.getInstance().removeThreadLocalAccessor(accessor.key());
		}
	}

	@Test
	void permitWhenCallerGivesUpWhileTheMethodStillRunsIsKeptUntilItHasReturned() throws Exception {
		List<Consumer<CompletableFuture<String>>> ways = List.of((call) -> call.cancel(true),
				(call) -> call.completeExceptionally(new TimeoutException()), (call) -> call.complete("done"),
				(call) -> call.orTimeout(1, TimeUnit.NANOSECONDS));
		for (Consumer<CompletableFuture<String>> way : ways) {
			CompletableFuture<String> first = new CompletableFuture<>();
			CountDownLatch entered = new CountDownLatch(1);
			CountDownLatch leave = new CountDownLatch(1);
			this.mill.one(first);
			CompletableFuture<String> waiting = this.mill.slow(entered, leave, new CompletableFuture<>());
			first.complete("flour");
			assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
			way.accept(waiting);
			Awaitility.await().until(waiting::isDone);
			CompletableFuture<String> third = this.mill.one(CompletableFuture.completedFuture("bran"));
			assertThat(inUse()).isOne();
			assertThat(third).isNotDone();
			assertThat(this.context.bulkhead("one").waiting()).isOne();
			leave.countDown();
			assertThat(third).succeedsWithin(SOON).isEqualTo("bran");
			this.context.assertQuiet();
		}
	}

	@Test
	void waitingCallWhenItBeginsDoesNotNeedTheCommonPool() throws Exception {
		CountDownLatch busy = new CountDownLatch(1);
		List<ForkJoinTask<?>> parked = new ArrayList<>();
		for (int i = 0; i < 2 * ForkJoinPool.getCommonPoolParallelism() + 2; i++) {
			parked.add(ForkJoinPool.commonPool().submit(() -> {
				busy.await();
				return null;
			}));
		}
		try {
			CompletableFuture<String> first = new CompletableFuture<>();
			this.mill.one(first);
			CompletableFuture<String> waiting = this.mill.one(CompletableFuture.completedFuture("bran"));
			first.complete("flour");
			assertThat(waiting).succeedsWithin(SOON).isEqualTo("bran");
			assertThat(this.mill.log().threads.get(1).getName()).startsWith("penstock-call-");
		}
		finally {
			busy.countDown();
			parked.forEach(ForkJoinTask::join);
		}
	}

	private int inUse() {
		return this.context.bulkhead("one").inUse();
	}

	/** An accessor of a thread-local that throws what no caller would expect. */
	private static final class BrokenAccessor implements ThreadLocalAccessor<String> {

		private final IllegalStateException failure = new IllegalStateException("broken accessor");

		private boolean failsToCapture;

		private boolean failsToRestore;

		private boolean failsToReset;

		@Override
		public Object key() {
			return "penstock-broken";
		}

		@Override
		public String getValue() {
			return fail(this.failsToCapture) ? "" : "user";
		}

		@Override
		public void setValue(String value) {
			fail(this.failsToRestore);
		}

		@Override
		public void setValue() {
			fail(this.failsToReset);
		}

		@Override
		public void restore(String previous) {
			fail(this.failsToReset);
		}

		@Override
		public void restore() {
			fail(this.failsToReset);
		}

		private boolean fail(boolean fails) {
			if (fails) {
				throw this.failure;
			}
			return false;
		}

	}

	static final class Log {

		final List<Thread> threads = new java.util.concurrent.CopyOnWriteArrayList<>();

	}

	/** A future that nobody can attach anything to. */
	private static final class Broken extends CompletableFuture<String> {

		@Override
		public CompletableFuture<String> whenComplete(
				java.util.function.BiConsumer<? super String, ? super Throwable> action) {
			throw new UnsupportedOperationException();
		}

	}

	static class Mill {

		private final Log log = new Log();

		private final AtomicInteger running = new AtomicInteger();

		Log log() {
			return this.log;
		}

		@Bulkhead(name = "one", max = 1)
		public CompletableFuture<String> one(@Nullable CompletableFuture<String> own) {
			this.log.threads.add(Thread.currentThread());
			return own;
		}

		@Bulkhead(name = "one", max = 1)
		public CompletableFuture<String> slow(CountDownLatch entered, CountDownLatch leave,
				CompletableFuture<String> own) throws InterruptedException {
			entered.countDown();
			leave.await();
			return own;
		}

		@Bulkhead(name = "one", max = 1)
		public CompletableFuture<String> outer(Mill proxy, CompletableFuture<String> inner) {
			return proxy.one(inner).thenApply((value) -> value);
		}

		@Bulkhead(max = 1, timeout = "0")
		public Object anything(Object result) {
			return result;
		}

		@Bulkhead(max = 1, timeout = "0")
		public CompletableFuture<String> impatient(CompletableFuture<String> own) {
			return own;
		}

		@Bulkhead(max = 1, timeout = "0")
		public CompletionStage<String> fail(@Nullable RuntimeException failure) {
			if (failure == null) {
				return null;
			}
			throw failure;
		}

		@Bulkhead(name = "both", max = 1, timeout = "0")
		@RateLimited(name = "both", limit = 1, per = "1h", timeout = "0")
		public CompletableFuture<String> both(CompletableFuture<String> own) {
			return own;
		}

		@Bulkhead(name = "metered", max = 2)
		@RateLimited(name = "metered", rps = 200, burst = 1)
		public CompletionStage<String> metered(CompletableFuture<String> own) {
			return own;
		}

		@Bulkhead(name = "scarce", max = 1)
		@RateLimited(name = "scarce", limit = 1, per = "1h", timeout = "2h")
		public CompletableFuture<String> scarce(CompletableFuture<String> own) {
			return own;
		}

		@Bulkhead(max = 2)
		public CompletableFuture<Integer> grind() {
			int running = this.running.incrementAndGet();
			return CompletableFuture.supplyAsync(() -> {
				Thread.yield();
				this.running.decrementAndGet();
				return running;
			});
		}

		@Bulkhead(name = "context", max = 1)
		public CompletableFuture<Object[]> context(@Nullable CompletableFuture<String> holder) {
			Object[] seen = { USER.get(), Thread.currentThread().getContextClassLoader() };
			return (holder != null) ? holder.thenApply((done) -> seen) : CompletableFuture.completedFuture(seen);
		}

	}

}
