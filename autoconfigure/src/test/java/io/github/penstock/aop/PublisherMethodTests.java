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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiter;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.subjects.PublishSubject;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.NonBlocking;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Methods that return a publisher: from subscription until termination or cancel.
 */
class PublisherMethodTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private LimitedContext context;

	private River river;

	@BeforeEach
	void start() {
		this.context = LimitedContext.of(River.class);
		this.river = this.context.bean(River.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	@Test
	void publisherWhenNeverSubscribedTakesNothing() {
		Mono<String> mono = this.river.mono(Mono.just("drop"));
		this.river.flux(Flux.just("drop"));
		assertThat(this.river.calls()).hasValue(2);
		assertThat(limiter().stats().granted()).isZero();
		mono.block(SOON);
		mono.block(SOON);
		assertThat(limiter().stats().granted()).isEqualTo(2);
		assertThat(this.river.calls()).hasValue(2);
	}

	@Test
	void monoWhenSubscribedHoldsThePermitUntilItEnds() {
		Sinks.One<String> source = Sinks.one();
		StepVerifier.create(this.river.mono(source.asMono()))
			.then(() -> assertThat(limiter().inUse()).isEqualTo(1))
			.then(() -> source.tryEmitValue("drop"))
			.expectNext("drop")
			.verifyComplete();
		assertThat(limiter().inUse()).isZero();
	}

	@Test
	void sourceWhenItCompletesSeesCompletionAndNotCancel() {
		List<SignalType> ends = new CopyOnWriteArrayList<>();
		this.river.mono(Mono.just("drop").doFinally(ends::add)).block(SOON);
		this.river.flux(Flux.just("a", "b").doFinally(ends::add)).blockLast(SOON);
		assertThat(ends).containsExactly(SignalType.ON_COMPLETE, SignalType.ON_COMPLETE);
	}

	@Test
	void permitWhenSourceFailsIsBack() {
		StepVerifier.create(this.river.flux(Flux.just("drop").concatWith(Flux.error(new IllegalStateException()))))
			.expectNext("drop")
			.verifyError(IllegalStateException.class);
		assertThat(limiter().inUse()).isZero();
	}

	@Test
	void permitWhenSubscriberCancelsIsBack() {
		StepVerifier.create(this.river.flux(Flux.<String>never().startWith("drop")))
			.expectNext("drop")
			.thenCancel()
			.verify();
		assertThat(limiter().inUse()).isZero();
		assertThat(this.river.flux(Flux.just("a", "b", "c")).take(1).collectList().block(SOON)).containsExactly("a");
		assertThat(limiter().inUse()).isZero();
	}

	@Test
	void permitWhenSubscriberReadsTheEndIsBackAlready() {
		List<Integer> inUse = new ArrayList<>();
		this.river.flux(Flux.just("drop")).doOnComplete(() -> inUse.add(limiter().inUse())).blockLast(SOON);
		assertThat(inUse).containsExactly(0);
	}

	@Test
	void subscribeWhenPermitIsFreeStaysOnTheThread() {
		Thread[] thread = new Thread[1];
		this.river.mono(Mono.fromRunnable(() -> thread[0] = Thread.currentThread())).subscribe();
		assertThat(thread[0]).isSameAs(Thread.currentThread());
	}

	@Test
	void subscribeWhenItMustWaitBeginsOnAThreadThatMayBlock() {
		Sinks.One<String> first = Sinks.one();
		Disposable holder = this.river.mono(first.asMono()).subscribe();
		Thread[] thread = new Thread[1];
		Mono<String> second = this.river.mono(Mono.fromSupplier(() -> {
			thread[0] = Thread.currentThread();
			return "second";
		}));
		StepVerifier.create(second).expectSubscription().then(() -> {
			assertThat(limiter().waiting()).isEqualTo(1);
			assertThat(thread[0]).isNull();
			first.tryEmitEmpty();
		}).expectNext("second").verifyComplete();
		assertThat(thread[0]).isNotInstanceOf(NonBlocking.class);
		assertThat(thread[0].getName()).startsWith("penstock-call-");
		assertThat(holder.isDisposed()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void subscribeWhenSourceThrowsAnythingEndsWithItAndGivesThePermitBack(boolean waits) {
		Sinks.One<String> first = Sinks.one();
		Disposable holder = waits ? this.river.mono(first.asMono()).subscribe() : null;
		AssertionError failure = new AssertionError("broken");
		Publisher<String> throwing = (subscriber) -> {
			throw failure;
		};
		AtomicReference<Throwable> heard = new AtomicReference<>();
		this.river.publisher(throwing).subscribe(new BaseSubscriber<String>() {

			@Override
			protected void hookOnError(Throwable ex) {
				heard.compareAndSet(null, ex);
			}

		});
		first.tryEmitEmpty();
		Awaitility.await().until(() -> heard.get() == failure);
		this.context.assertQuiet();
		assertThat(holder == null || holder.isDisposed()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void subscribeWhenSubscriptionThrowsEndsWithItAndGivesThePermitBack(boolean waits) {
		Sinks.One<String> first = Sinks.one();
		if (waits) {
			this.river.mono(first.asMono()).subscribe();
		}
		NoClassDefFoundError failure = new NoClassDefFoundError("broken");
		Publisher<String> throwing = (subscriber) -> subscriber.onSubscribe(new Subscription() {

			@Override
			public void request(long n) {
				throw failure;
			}

			@Override
			public void cancel() {
				throw new IllegalStateException("broken too");
			}

		});
		AtomicReference<Throwable> heard = new AtomicReference<>();
		try {
			this.river.publisher(throwing).subscribe(new Hearing(heard));
		}
		catch (IllegalStateException ex) {
			assertThat(ex).hasMessage("broken too");
		}
		first.tryEmitEmpty();
		Awaitility.await().untilAsserted(() -> assertThat(heard.get()).isSameAs(failure));
		this.context.assertQuiet();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void subscribeWhenSourceSignalsAndThenThrowsEndsOnce(boolean waits) {
		Sinks.One<String> first = Sinks.one();
		if (waits) {
			this.river.mono(first.asMono()).subscribe();
		}
		List<String> heard = new CopyOnWriteArrayList<>();
		Publisher<String> throwing = (subscriber) -> {
			subscriber.onSubscribe(Operators.emptySubscription());
			subscriber.onComplete();
			throw new IllegalStateException("too late");
		};
		Flux<String> flux = Flux.from(this.river.publisher(throwing));
		try {
			flux.subscribe(heard::add, (ex) -> heard.add("failed"), () -> heard.add("complete"));
		}
		catch (IllegalStateException ex) {
			assertThat(waits).isFalse();
		}
		first.tryEmitEmpty();
		Awaitility.await().until(() -> !heard.isEmpty());
		this.context.assertQuiet();
		assertThat(heard).containsExactly("complete");
	}

	@Test
	void subscribeWhenSubscriberThrowsInOnSubscribeGivesThePermitBack() {
		AssertionError failure = new AssertionError("broken");
		Publisher<String> limited = this.river.publisher(Flux.never());
		assertThat(catchThrowable(() -> limited.subscribe(new Hearing(null) {

			@Override
			public void onSubscribe(Subscription subscription) {
				throw failure;
			}

		}))).isNotNull();
		this.context.assertQuiet();
	}

	@Test
	void onNextWhenSubscriberThrowsGivesThePermitBack() {
		Publisher<String> source = (subscriber) -> {
			subscriber.onSubscribe(Operators.emptySubscription());
			try {
				subscriber.onNext("drop");
			}
			catch (IllegalStateException ex) {
				// A source that ends without a word, as Rule 2.13 lets it.
			}
		};
		this.river.publisher(source).subscribe(new Hearing(null) {

			@Override
			public void onNext(String element) {
				throw new IllegalStateException("broken");
			}

		});
		this.context.assertQuiet();
	}

	@Test
	void methodOfTypeObjectWhenItReturnsAPublisherIsLimitedPerSubscription() {
		Sinks.One<String> source = Sinks.one();
		Mono<?> mono = (Mono<?>) this.river.anything(source.asMono());
		ConcurrencyLimiter bulkhead = this.context.bulkhead("River.anything");
		RateLimiter rateLimit = this.context.rateLimit("River.anything");
		assertThat(bulkhead.inUse()).isZero();
		assertThat(rateLimit.stats().granted()).isOne();
		Disposable first = mono.subscribe();
		assertThat(bulkhead.inUse()).isOne();
		assertThat(rateLimit.stats().granted()).isOne();
		StepVerifier.create(mono).verifyError(BulkheadFullException.class);
		first.dispose();
		assertThat(bulkhead.inUse()).isZero();
		mono.subscribe().dispose();
		assertThat(rateLimit.stats().granted()).isEqualTo(2);
		Flux<?> flux = (Flux<?>) this.river.anything(Flux.just("a", "b"));
		assertThat(flux.collectList().block(SOON)).isEqualTo(List.of("a", "b"));
		assertThat(this.river.anything("plain")).isEqualTo("plain");
	}

	@Test
	void waitingWhenCancelledLeavesTheLineAndNeverSubscribes() {
		Disposable holder = this.river.mono(Mono.never()).subscribe();
		AtomicInteger subscribed = new AtomicInteger();
		Disposable waiting = this.river.flux(Flux.just("drop").doOnSubscribe((s) -> subscribed.incrementAndGet()))
			.subscribe();
		assertThat(limiter().waiting()).isEqualTo(1);
		waiting.dispose();
		assertThat(limiter().waiting()).isZero();
		holder.dispose();
		assertThat(limiter().inUse()).isZero();
		assertThat(subscribed).hasValue(0);
	}

	@Test
	void cancelWhenRacingWithTheGrantLeaksNothing() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			for (int i = 0; i < 500; i++) {
				Sinks.One<String> first = Sinks.one();
				this.river.mono(first.asMono()).subscribe();
				AtomicInteger open = new AtomicInteger();
				Disposable waiting = this.river
					.mono(Mono.<String>never()
						.doOnSubscribe((s) -> open.incrementAndGet())
						.doFinally((end) -> open.decrementAndGet()))
					.subscribe();
				CyclicBarrier together = new CyclicBarrier(2);
				Future<?> release = threads.submit(() -> {
					together.await(20, TimeUnit.SECONDS);
					return first.tryEmitEmpty();
				});
				Future<?> cancel = threads.submit(() -> {
					together.await(20, TimeUnit.SECONDS);
					waiting.dispose();
					return true;
				});
				release.get(20, TimeUnit.SECONDS);
				cancel.get(20, TimeUnit.SECONDS);
				Awaitility.await().until(() -> limiter().inUse() == 0 && open.get() == 0);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void requestsWhenMadeWhileWaitingReachTheSource() {
		Sinks.One<String> first = Sinks.one();
		this.river.mono(first.asMono()).subscribe();
		List<Long> requests = new CopyOnWriteArrayList<>();
		List<Integer> elements = new CopyOnWriteArrayList<>();
		CountDownLatch done = new CountDownLatch(1);
		BaseSubscriber<Integer> subscriber = new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
				request(2);
				request(1);
			}

			@Override
			protected void hookOnNext(Integer element) {
				elements.add(element);
				if (element == 3) {
					done.countDown();
				}
			}

		};
		this.river.numbers(Flux.range(1, 10).doOnRequest(requests::add)).subscribe(subscriber);
		first.tryEmitEmpty();
		Awaitility.await().until(() -> done.getCount() == 0);
		assertThat(requests).containsExactly(3L);
		assertThat(elements).containsExactly(1, 2, 3);
		subscriber.request(1);
		assertThat(requests).containsExactly(3L, 1L);
		subscriber.cancel();
	}

	@Test
	void contextWhenSourceReadsItIsTheSubscribers() {
		Mono<String> mono = this.river.mono(Mono.deferContextual((view) -> Mono.just(view.get("user"))));
		assertThat(mono.contextWrite((view) -> view.put("user", "miller")).block(SOON)).isEqualTo("miller");
	}

	@Test
	void subscribeWhenRefusedFails() {
		Disposable holder = this.river.impatient(Mono.never()).subscribe();
		StepVerifier.create(this.river.impatient(Mono.just("drop"))).verifyError(BulkheadFullException.class);
		holder.dispose();
		StepVerifier.create(this.river.impatient(Mono.just("drop"))).expectNext("drop").verifyComplete();
	}

	@Test
	void subscribeWhenTokenIsRefusedFailsAndGivesThePermitBack() {
		Flux<String> both = this.river.both(Flux.just("drop"));
		StepVerifier.create(both).expectNext("drop").verifyComplete();
		StepVerifier.create(both).verifyError(RateLimitExceededException.class);
		assertThat(this.context.bulkhead("both").inUse()).isZero();
	}

	@Test
	void sourceWhenItIsLimitedByTheSameBulkheadSharesThePermit() {
		assertThat(this.river.outer(this.river).block(SOON)).isEqualTo("inner");
		assertThat(limiter().stats().granted()).isEqualTo(1);
	}

	@Test
	void sourceWhenItCallsTheSameBulkheadOnItsThreadSharesThePermit() {
		assertThat(this.river.mono(Mono.fromCallable(() -> this.river.plainValue())).block(SOON)).isEqualTo("value");
		assertThat(this.river.flux(Flux.defer(() -> Flux.just(this.river.plainValue()))).blockLast(SOON))
			.isEqualTo("value");
		assertThat(limiter().stats().granted()).isEqualTo(2);
	}

	@Test
	void downstreamOfAMonoWhenItCallsTheSameBulkheadFindsThePermitBack() {
		Mono<String> mono = this.river.mono(Mono.fromCallable(() -> "drop"));
		assertThat(mono.map((value) -> value + this.river.plainValue()).block(SOON)).isEqualTo("dropvalue");
		assertThat(limiter().stats().granted()).isEqualTo(2);
	}

	@Test
	void downstreamWhenItCallsTheSameBulkheadSharesNoPermit() {
		List<Integer> inUse = new CopyOnWriteArrayList<>();
		this.river.wide(Flux.range(1, 4))
			.flatMap((n) -> this.river
				.wide(Flux.just(n).doOnNext((x) -> inUse.add(this.context.bulkhead("wide").inUse()))))
			.blockLast(SOON);
		assertThat(inUse).containsOnly(2);
	}

	@Test
	void bulkheadWhenManySubscribeLetsMaxRun() {
		AtomicInteger running = new AtomicInteger();
		List<Integer> seen = Flux.range(0, 200)
			.flatMap((n) -> this.river.three(Mono.fromSupplier(running::incrementAndGet)
				.delayElement(Duration.ofMillis(1))
				.doOnNext((x) -> running.decrementAndGet())), 200)
			.collectList()
			.block(SOON);
		assertThat(seen).hasSize(200).allSatisfy((count) -> assertThat(count).isBetween(1, 3));
	}

	@Test
	void rxJavaTypesWhenSubscribedAreLimited() {
		PublishSubject<String> holder = PublishSubject.create();
		Observable<String> observable = this.river.observable(holder);
		assertThat(limiter("rx").inUse()).isZero();
		var held = observable.test();
		assertThat(limiter("rx").inUse()).isEqualTo(1);
		var single = this.river.single(Single.just("s")).test();
		var maybe = this.river.maybe(Maybe.empty()).test();
		var completable = this.river.completable(Completable.complete()).test();
		var flowable = this.river.flowable(Flowable.just("f")).test();
		assertThat(limiter("rx").waiting()).isEqualTo(4);
		holder.onNext("o");
		holder.onComplete();
		held.assertResult("o");
		single.awaitDone(20, TimeUnit.SECONDS).assertResult("s");
		maybe.awaitDone(20, TimeUnit.SECONDS).assertResult();
		completable.awaitDone(20, TimeUnit.SECONDS).assertResult();
		flowable.awaitDone(20, TimeUnit.SECONDS).assertResult("f");
	}

	@Test
	void rxJavaTypesWhenDisposedGiveThePermitBack() {
		var single = this.river.single(Single.never()).test();
		assertThat(limiter("rx").inUse()).isEqualTo(1);
		single.dispose();
		assertThat(limiter("rx").inUse()).isZero();
	}

	@Test
	void jdkAndPlainPublishersWhenSubscribedAreLimited() {
		assertThat(JdkFlowAdapter.flowPublisherToFlux(this.river.jdk()).collectList().block(SOON))
			.containsExactly("jdk");
		assertThat(Flux.from(this.river.plain()).collectList().block(SOON)).containsExactly("plain");
		assertThat(limiter("plain").stats().granted()).isEqualTo(2);
	}

	@Test
	void methodWhenItThrowsOrReturnsNullTakesNothing() {
		assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> this.river.mono(null));
		assertThat(this.river.wide(null)).isNull();
	}

	private ConcurrencyLimiter limiter() {
		return limiter("river");
	}

	private ConcurrencyLimiter limiter(String name) {
		return this.context.bulkhead(name);
	}

	/** Asks for everything, and notes the end. */
	private static class Hearing implements CoreSubscriber<String> {

		private final AtomicReference<Throwable> failure;

		Hearing(AtomicReference<Throwable> failure) {
			this.failure = failure;
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(String element) {
		}

		@Override
		public void onError(Throwable ex) {
			this.failure.set(ex);
		}

		@Override
		public void onComplete() {
		}

	}

	static class River {

		private final AtomicInteger calls = new AtomicInteger();

		AtomicInteger calls() {
			return this.calls;
		}

		@Bulkhead(name = "river", max = 1)
		public <T> Mono<T> mono(Mono<T> source) {
			this.calls.incrementAndGet();
			return source.hide();
		}

		@Bulkhead(name = "river", max = 1)
		public String plainValue() {
			return "value";
		}

		@Bulkhead(name = "river", max = 1)
		public Flux<String> flux(Flux<String> source) {
			this.calls.incrementAndGet();
			return source;
		}

		@Bulkhead(name = "river", max = 1)
		public Flux<Integer> numbers(Flux<Integer> source) {
			return source;
		}

		@Bulkhead(name = "river", max = 1)
		public Mono<String> outer(River proxy) {
			return Mono.defer(() -> proxy.mono(Mono.just("inner")));
		}

		@Bulkhead(name = "river", max = 1)
		public Publisher<String> publisher(Publisher<String> source) {
			return source;
		}

		@Bulkhead(max = 1, timeout = "0")
		@RateLimited(rps = 1000)
		public Object anything(Object result) {
			return result;
		}

		@Bulkhead(max = 1, timeout = "0")
		public Mono<String> impatient(Mono<String> source) {
			return source;
		}

		@Bulkhead(name = "both", max = 1)
		@RateLimited(name = "both", limit = 1, per = "1h", timeout = "0")
		public Flux<String> both(Flux<String> source) {
			return source;
		}

		@Bulkhead(name = "wide", max = 5)
		public Flux<Integer> wide(Flux<Integer> source) {
			return source;
		}

		@Bulkhead(name = "three", max = 3)
		public Mono<Integer> three(Mono<Integer> source) {
			return source;
		}

		@Bulkhead(name = "rx", max = 1)
		public Observable<String> observable(Observable<String> source) {
			return source;
		}

		@Bulkhead(name = "rx", max = 1)
		public Single<String> single(Single<String> source) {
			return source;
		}

		@Bulkhead(name = "rx", max = 1)
		public Maybe<String> maybe(Maybe<String> source) {
			return source;
		}

		@Bulkhead(name = "rx", max = 1)
		public Completable completable(Completable source) {
			return source;
		}

		@Bulkhead(name = "rx", max = 1)
		public Flowable<String> flowable(Flowable<String> source) {
			return source;
		}

		@Bulkhead(name = "plain", max = 1)
		public Flow.Publisher<String> jdk() {
			return JdkFlowAdapter.publisherToFlowPublisher(Flux.just("jdk"));
		}

		@Bulkhead(name = "plain", max = 1)
		public Publisher<String> plain() {
			return Flux.just("plain");
		}

	}

}
