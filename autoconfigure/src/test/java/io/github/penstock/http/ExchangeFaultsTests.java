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

package io.github.penstock.http;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.TimeSource;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.blockhound.BlockHound;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Whatever is thrown below or above an {@link ExchangeSubscription}: the permit comes
 * back, and the subscriber hears one end.
 */
class ExchangeFaultsTests {

	private static final ClientRequest REQUEST = ClientRequest.create(HttpMethod.GET, URI.create("http://localhost/"))
		.build();

	private final SetTime time = new SetTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter bulkhead = this.registry.register("remote",
			ConcurrencyLimiterSpec.of(1).withTimeout(Duration.ofHours(1)));

	private final Heard heard = new Heard();

	private final List<Throwable> dropped = new CopyOnWriteArrayList<>();

	ExchangeFaultsTests() {
		Hooks.onErrorDropped(this.dropped::add);
	}

	@BeforeAll
	static void install() {
		// A scheduler's thread that sleeps while it is installed does not survive it.
		Schedulers.shutdownNow();
		BlockHound.install();
	}

	/** Looks soon and often, for there are many cases here. */
	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(1)).pollInSameThread();
	}

	@AfterEach
	void everythingIsGivenBack() {
		Hooks.resetOnErrorDropped();
		await().untilAsserted(() -> {
			assertThat(this.bulkhead.inUse()).isZero();
			assertThat(this.bulkhead.waiting()).isZero();
			assertThat(this.time.scheduled()).isZero();
		});
	}

	private Mono<ClientResponse> request(ExchangeFunction exchange) {
		return request(exchange, this.time);
	}

	private Mono<ClientResponse> request(ExchangeFunction exchange, TimeSource time) {
		HttpLimit limit = HttpLimit.named("remote").hosts("localhost").bulkhead(this.bulkhead).time(time).build();
		return new HttpLimitFilter(HttpLimits.of(limit)).filter(REQUEST, exchange);
	}

	/** Subscribe at once, or have the subscriber stand in line first. */
	private void subscribe(Mono<ClientResponse> request, boolean waits, CoreSubscriber<ClientResponse> subscriber) {
		Permit holder = waits ? this.bulkhead.tryAcquire() : null;
		try {
			request.subscribe(subscriber);
		}
		finally {
			if (holder != null) {
				holder.close();
			}
		}
	}

	static Stream<Arguments> faults() {
		return Stream
			.of(new AssertionError("broken"), new IllegalStateException("broken"), new NoClassDefFoundError("broken"))
			.flatMap(ExchangeFaultsTests::faults)
			.flatMap((fault) -> Stream.of(Arguments.of(fault, false), Arguments.of(fault, true)));
	}

	private static Stream<Fault> faults(Throwable failure) {
		return Stream.of(new Fault("exchange throws", failure, (request) -> {
			throw sneaky(failure);
		}), new Fault("subscribe throws", failure, (request) -> source((subscriber) -> {
			throw sneaky(failure);
		})), new Fault("subscribe throws after onSubscribe", failure, (request) -> source((subscriber) -> {
			subscriber.onSubscribe(Operators.emptySubscription());
			throw sneaky(failure);
		})), new Fault("request throws", failure,
				(request) -> source((subscriber) -> subscriber.onSubscribe(new Broken(failure, () -> {
				})))), new Fault("request and cancel throw", failure,
						(request) -> source((subscriber) -> subscriber.onSubscribe(new Broken(failure, () -> {
							throw new IllegalArgumentException("broken too");
						})))),
				new Fault("onError", failure, (request) -> Mono.error(failure)),
				new Fault("onError twice", failure, (request) -> source((subscriber) -> {
					subscriber.onSubscribe(Operators.emptySubscription());
					subscriber.onError(failure);
					subscriber.onError(failure);
				})), new Fault("onError and thrown", failure, (request) -> source((subscriber) -> {
					subscriber.onSubscribe(Operators.emptySubscription());
					subscriber.onError(failure);
					throw sneaky(failure);
				})), new Fault("deferred throws", failure, (request) -> Mono.defer(() -> {
					throw sneaky(failure);
				})), new Fault("response throws", failure, (request) -> Mono.just(new BrokenResponse(failure).make())));
	}

	@ParameterizedTest
	@MethodSource("faults")
	void requestWhenAnythingIsThrownBelowEndsWithItOnceAndGivesThePermitBack(Fault fault, boolean waits) {
		subscribe(request(fault.exchange()), waits, this.heard);
		this.heard.awaitEnd();
		assertThat(this.heard.signals()).containsExactly("error");
		assertThat(this.heard.failure).hasValue(fault.failure());
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void requestWhenExchangeReturnsNullFailsAndSaysSo(boolean waits) {
		subscribe(request((request) -> null), waits, this.heard);
		this.heard.awaitEnd();
		assertThat(this.heard.signals()).containsExactly("error");
		assertThat(this.heard.failure.get()).isInstanceOf(NullPointerException.class)
			.hasMessage("The exchange function returned null");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void requestWhenSourceEndsAndThenThrowsHasEnded(boolean waits) {
		NoClassDefFoundError late = new NoClassDefFoundError("late");
		subscribe(request((request) -> source((subscriber) -> {
			subscriber.onSubscribe(Operators.emptySubscription());
			subscriber.onComplete();
			subscriber.onComplete();
			throw late;
		})), waits, this.heard);
		this.heard.awaitEnd();
		await().until(() -> !this.dropped.isEmpty());
		assertThat(this.heard.signals()).containsExactly("complete");
		assertThat(this.dropped).containsExactly(late);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void requestWhenSourceFailsBehindTheResponseLeavesThePermitToTheBody(boolean waits) {
		ClientResponse response = ClientResponse.create(HttpStatus.OK).body("fine").build();
		NoClassDefFoundError late = new NoClassDefFoundError("late");
		subscribe(request((request) -> source((subscriber) -> {
			subscriber.onSubscribe(Operators.emptySubscription());
			subscriber.onNext(response);
			throw late;
		})), waits, this.heard);
		this.heard.awaitEnd();
		assertThat(this.heard.signals()).containsExactly("next", "error");
		assertThat(this.bulkhead.inUse()).isOne();
		assertThat(this.heard.response.get().bodyToMono(String.class).block()).isEqualTo("fine");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void requestWhenItWaitedIsSentByAThreadThatMayBlock(boolean waits) {
		AtomicReference<Thread> thread = new AtomicReference<>();
		subscribe(request((request) -> {
			thread.set(Thread.currentThread());
			return Mono.empty();
		}), waits, this.heard);
		this.heard.awaitEnd();
		assertThat(thread.get()).isNotInstanceOf(NonBlocking.class);
		assertThat(thread.get().getName().startsWith("penstock-call-")).isEqualTo(waits);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void requestWhenSubscriberThrowsInOnSubscribeTakesNothing(boolean waits) {
		AssertionError thrown = new AssertionError("broken");
		catchThrowable(
				() -> subscribe(request((request) -> Mono.error(new AssertionError("sent"))), waits, new Heard() {

					@Override
					public void onSubscribe(Subscription subscription) {
						throw thrown;
					}

				}));
		await().untilAsserted(() -> assertThat(this.bulkhead.inUse()).isZero());
	}

	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void requestWhenSubscriberThrowsInOnNextIsOver(boolean waits, boolean fatal) {
		Throwable thrown = fatal ? new NoClassDefFoundError("broken") : new IllegalStateException("broken");
		List<String> body = new CopyOnWriteArrayList<>();
		Flux<DataBuffer> buffers = Flux.<DataBuffer>just(DefaultDataBufferFactory.sharedInstance.wrap(new byte[] { 1 }))
			.doOnComplete(() -> body.add("read"));
		Heard throwing = new Heard() {

			@Override
			public void onNext(ClientResponse response) {
				super.onNext(response);
				throw sneaky(thrown);
			}

		};
		subscribe(request((request) -> Mono.just(ClientResponse.create(HttpStatus.OK).body(buffers).build())), waits,
				throwing);
		throwing.awaitEnd();
		assertThat(throwing.signals()).containsExactly("next", "error");
		assertThat(throwing.failure).hasValue(thrown);
		assertThat(body).containsExactly("read");
	}

	@ParameterizedTest
	@CsvSource({ "false, 0", "false, 1", "true, 0", "true, 1" })
	void requestWhenItIsCancelledByASignalIsOver(boolean waits, int signal) {
		List<String> heard = new CopyOnWriteArrayList<>();
		Heard leaving = new Heard() {

			@Override
			public void onSubscribe(Subscription subscription) {
				heard.add("subscribed");
				super.onSubscribe(subscription);
				if (signal == 0) {
					subscription.cancel();
				}
			}

			@Override
			public void onNext(ClientResponse response) {
				this.subscription.get().cancel();
				response.releaseBody().subscribe();
				heard.add("left");
			}

		};
		subscribe(request((request) -> Mono.just(ClientResponse.create(HttpStatus.OK).body("fine").build())), waits,
				leaving);
		await().until(() -> heard.contains((signal == 0) ? "subscribed" : "left"));
		await().untilAsserted(() -> assertThat(this.bulkhead.inUse()).isZero());
		assertThat(leaving.signals()).doesNotContain("error");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void requestWhenItsGuardCannotBeScheduledFailsAndGivesThePermitBack(boolean waits) {
		AssertionError failure = new AssertionError("no timer");
		TimeSource broken = new TimeSource() {

			@Override
			public long nanoTime() {
				return 0;
			}

			@Override
			public void parkNanos(Object blocker, long nanos) {
				throw failure;
			}

			@Override
			public Runnable schedule(Runnable task, long nanos) {
				throw failure;
			}

		};
		subscribe(request((request) -> Mono.just(ClientResponse.create(HttpStatus.OK).body("fine").build()), broken),
				waits, this.heard);
		this.heard.awaitEnd();
		assertThat(this.heard.signals()).containsExactly("error");
		assertThat(this.heard.failure).hasValue(failure);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void bodyWhenItsSubscribeThrowsGivesThePermitBackAtOnce(boolean fatal) {
		Throwable failure = fatal ? new NoClassDefFoundError("broken") : new AssertionError("broken");
		Flux<DataBuffer> body = new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
				throw sneaky(failure);
			}

		};
		request((request) -> Mono.just(ClientResponse.create(HttpStatus.OK).body(body).build())).subscribe(this.heard);
		assertThat(this.bulkhead.inUse()).isOne();
		Throwable thrown = catchThrowable(() -> this.heard.response.get().bodyToMono(String.class).block());
		assertThat(Stream.iterate(thrown, (ex) -> ex != null, Throwable::getCause)).contains(failure);
		assertThat(this.bulkhead.inUse()).isZero();
	}

	@Test
	void bodyWhenASecondReaderComesKeepsThePermitForTheFirst() {
		Sinks.Many<DataBuffer> body = Sinks.many().unicast().onBackpressureBuffer();
		request((request) -> Mono.just(ClientResponse.create(HttpStatus.OK).body(body.asFlux()).build()))
			.subscribe(this.heard);
		ClientResponse response = this.heard.response.get();
		Disposable first = response.bodyToFlux(DataBuffer.class).subscribe();
		assertThat(catchThrowable(() -> response.bodyToFlux(DataBuffer.class).blockLast()))
			.isInstanceOf(IllegalStateException.class);
		assertThat(this.bulkhead.inUse()).isOne();
		first.dispose();
		assertThat(this.bulkhead.inUse()).isZero();
	}

	@Test
	void bodyWhenItsReaderThrowsGivesThePermitBackAtOnce() {
		NoClassDefFoundError failure = new NoClassDefFoundError("broken");
		Flux<DataBuffer> body = Flux.<DataBuffer>just(DefaultDataBufferFactory.sharedInstance.wrap(new byte[] { 1 }))
			.concatWith(Flux.never());
		request((request) -> Mono.just(ClientResponse.create(HttpStatus.OK).body(body).build())).subscribe(this.heard);
		catchThrowable(() -> this.heard.response.get().bodyToFlux(DataBuffer.class).doOnNext((buffer) -> {
			throw failure;
		}).subscribe());
		assertThat(this.bulkhead.inUse()).isZero();
	}

	@Test
	void requestWhenTokenWasGrantedToOneThatLeftGivesThePermitBack() {
		RateLimiter tokens = this.registry.register("tokens", RateLimiterSpec.of(1, Duration.ofSeconds(10)));
		HttpLimit limit = HttpLimit.named("remote")
			.hosts("localhost")
			.bulkhead(this.bulkhead)
			.rateLimit(tokens)
			.time(this.time)
			.build();
		tokens.tryAcquire();
		new HttpLimitFilter(HttpLimits.of(limit)).filter(REQUEST, (request) -> {
			throw new AssertionError("broken");
		}).subscribe(this.heard);
		assertThat(tokens.waiting()).isOne();
		this.time.advance(Duration.ofSeconds(10));
		this.heard.awaitEnd();
		assertThat(this.heard.signals()).containsExactly("error");
		assertThat(this.heard.failure.get()).hasMessage("broken");
	}

	@Test
	void requestWhenNobodyLimitsItAndItsSubscribeThrowsGivesTheCallsShareBack() {
		NoClassDefFoundError failure = new NoClassDefFoundError("broken");
		HttpLimit limit = HttpLimit.named("remote")
			.hosts("elsewhere.test")
			.bulkhead(this.bulkhead)
			.time(this.time)
			.build();
		Mono<ClientResponse> request = new HttpLimitFilter(HttpLimits.of(limit)).filter(REQUEST,
				(sent) -> source((subscriber) -> {
					throw failure;
				}));
		this.bulkhead.run(() -> request.subscribe(this.heard));
		assertThat(this.heard.signals()).containsExactly("error");
		assertThat(this.heard.failure).hasValue(failure);
	}

	private static Mono<ClientResponse> source(Consumer<CoreSubscriber<? super ClientResponse>> subscribe) {
		return new Mono<>() {

			@Override
			public void subscribe(CoreSubscriber<? super ClientResponse> actual) {
				subscribe.accept(actual);
			}

		};
	}

	@SuppressWarnings("unchecked")
	private static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
		throw (X) failure;
	}

	/** Something that goes wrong below. */
	record Fault(String name, Throwable failure, ExchangeFunction exchange) {

		@Override
		public String toString() {
			return this.name + ": " + this.failure;
		}

	}

	private record Broken(Throwable failure, Runnable onCancel) implements Subscription {

		@Override
		public void request(long n) {
			throw sneaky(this.failure);
		}

		@Override
		public void cancel() {
			this.onCancel.run();
		}

	}

	/** A response that cannot be told from others. */
	private record BrokenResponse(Throwable failure) {

		ClientResponse make() {
			return (ClientResponse) java.lang.reflect.Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { ClientResponse.class }, (proxy, method, arguments) -> {
						if (method.getName().equals("body")) {
							return Flux.empty();
						}
						throw this.failure;
					});
		}

	}

	private static class Heard implements CoreSubscriber<ClientResponse> {

		final AtomicReference<@Nullable Subscription> subscription = new AtomicReference<>();

		final AtomicReference<@Nullable ClientResponse> response = new AtomicReference<>();

		final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

		private final List<String> signals = new CopyOnWriteArrayList<>();

		@Override
		public void onSubscribe(Subscription subscription) {
			this.subscription.set(subscription);
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(ClientResponse response) {
			this.signals.add("next");
			this.response.set(response);
		}

		@Override
		public void onError(Throwable failure) {
			this.failure.set(failure);
			this.signals.add("error");
		}

		@Override
		public void onComplete() {
			this.signals.add("complete");
		}

		List<String> signals() {
			return this.signals;
		}

		void awaitEnd() {
			await().until(() -> this.signals.contains("error") || this.signals.contains("complete"));
		}

	}

}
