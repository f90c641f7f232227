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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.blockhound.BlockHound;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.util.context.Context;
import reactor.util.retry.Retry;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HttpLimitFilter} against a real server. Nothing may block here:
 * BlockHound watches.
 */
class HttpLimitFilterTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final SetTime time = new SetTime();

	private final Remote remote = new Remote();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter bulkhead = this.registry.register("remote",
			ConcurrencyLimiterSpec.of(2).withTimeout(Duration.ZERO));

	private HttpLimit limit = builder().build();

	@BeforeAll
	static void install() {
		// A scheduler's thread that sleeps while it is installed does not survive it.
		Schedulers.shutdownNow();
		BlockHound.install();
	}

	private HttpLimit.Builder builder() {
		return HttpLimit.named("remote").hosts("localhost").bulkhead(this.bulkhead).time(this.time);
	}

	@AfterEach
	void everythingIsGivenBack() {
		this.remote.close();
		Awaitility.await().untilAsserted(() -> {
			assertThat(this.bulkhead.inUse()).isZero();
			assertThat(this.bulkhead.waiting()).isZero();
			assertThat(this.limit.pause().waiting()).isZero();
			assertThat(this.time.scheduled()).isZero();
		});
	}

	private WebClient client() {
		return client(Connector.NETTY);
	}

	private WebClient client(Connector connector) {
		return WebClient.builder()
			.clientConnector(connector.connector)
			.filter(new HttpLimitFilter(HttpLimits.of(this.limit)))
			.baseUrl(this.remote.url(""))
			.build();
	}

	/** Without a network: the function stands for it. */
	private WebClient client(ExchangeFunction exchange) {
		return WebClient.builder()
			.filter(new HttpLimitFilter(HttpLimits.of(this.limit)))
			.baseUrl("http://localhost")
			.exchangeFunction(exchange)
			.build();
	}

	private static Mono<String> get(WebClient client, String path) {
		return client.get().uri(path).retrieve().bodyToMono(String.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/ok", "/empty", "/large" })
	void requestWhenBodyIsReadGivesItsPermitBackBeforeTheEndIsTold(String path) {
		WebClient client = client();
		for (int i = 0; i < 5; i++) {
			Integer inUse = client.get()
				.uri(path)
				.retrieve()
				.bodyToFlux(DataBuffer.class)
				.map(DataBufferUtils::release)
				.then(Mono.fromSupplier(this.bulkhead::inUse))
				.block(LONG);
			assertThat(inUse).isZero();
		}
		assertThat(this.bulkhead.stats().granted()).isEqualTo(5);
	}

	@ParameterizedTest
	@EnumSource
	void requestsWhenManyComeAtOnceWaitWithoutBlockingAndAreNeverMoreThanThePermits(Connector connector) {
		this.bulkhead.change((spec) -> spec.withTimeout(LONG));
		WebClient client = client(connector);
		List<String> all = Flux.range(0, 60)
			.flatMap((n) -> get(client, "/ok").subscribeOn(Schedulers.parallel()), 60)
			.collectList()
			.block(LONG);
		assertThat(all).hasSize(60);
		assertThat(this.remote.mostInFlight()).isBetween(1, 2);
	}

	@Test
	void requestWhenNeverSubscribedToTakesNothing() {
		assertThat(get(client(), "/ok")).isNotNull();
		assertThat(this.bulkhead.stats().granted()).isZero();
	}

	@Test
	void requestWhenHostIsNotNamedIsNotLimited() {
		this.bulkhead.change((spec) -> spec.withMax(0));
		assertThat(get(client(), "http://127.0.0.1:" + this.remote.port() + "/ok").block(LONG)).isEqualTo("fine");
	}

	@Test
	void requestWhenRefusedFailsWithTheRefusalItselfAndIsNotSent() {
		this.bulkhead.change((spec) -> spec.withMax(0));
		StepVerifier.create(get(client(), "/ok")).expectError(BulkheadFullException.class).verify(LONG);
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> get(client(), "/ok").block(LONG));
		assertThat(this.remote.requests()).isEmpty();
	}

	@Test
	void requestWhileItsBodyComesHoldsItsPermit() {
		WebClient client = client();
		CompletableFuture<String> one = get(client, "/slow").toFuture();
		CompletableFuture<String> two = get(client, "/slow").toFuture();
		Awaitility.await().until(() -> this.remote.requests().size() == 2);
		assertThat(this.bulkhead.inUse()).isEqualTo(2);
		StepVerifier.create(get(client, "/ok")).expectError(BulkheadFullException.class).verify(LONG);
		this.remote.sendRest(2);
		assertThat(one.join()).isEqualTo("halfhalf");
		assertThat(two.join()).isEqualTo("halfhalf");
		assertThat(this.bulkhead.inUse()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenCancelledHalfReadGivesItsPermitBack(Connector connector) {
		DataBuffer first = client(connector).get()
			.uri("/slow")
			.retrieve()
			.bodyToFlux(DataBuffer.class)
			.blockFirst(LONG);
		assertThat(first).isNotNull();
		assertThat(first.toString(StandardCharsets.UTF_8)).isEqualTo("half");
		DataBufferUtils.release(first);
		Awaitility.await().until(() -> this.bulkhead.available() == 2);
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenConnectionIsCutGivesItsPermitBack(Connector connector) {
		StepVerifier.create(get(client(connector), "/cut"))
			.expectErrorSatisfies((failure) -> assertThat(failure).isNotInstanceOf(BulkheadFullException.class))
			.verify(LONG);
		assertThat(this.bulkhead.inUse()).isZero();
	}

	@Test
	void requestWhenItCannotBeSentGivesItsPermitBack() {
		StepVerifier.create(get(client(), "http://localhost:1/"))
			.expectError(WebClientRequestException.class)
			.verify(LONG);
		StepVerifier.create(get(client((request) -> {
			throw new IllegalStateException("thrown");
		}), "/")).expectErrorMessage("thrown").verify(LONG);
		StepVerifier.create(get(client((request) -> Mono.empty()), "/"))
			.expectError(IllegalStateException.class)
			.verify(LONG);
		assertThat(this.bulkhead.inUse()).isZero();
	}

	@Test
	void requestWhenItIsReleasedByHeadersHoldsNothingWhileItsBodyComes() {
		this.limit = builder().release(Release.HEADERS).build();
		ResponseEntity<Flux<DataBuffer>> response = client().get()
			.uri("/slow")
			.retrieve()
			.toEntityFlux(DataBuffer.class)
			.block(LONG);
		assertThat(response).isNotNull();
		assertThat(this.bulkhead.inUse()).isZero();
		this.remote.sendRest(1);
		discard(response);
	}

	@Test
	void requestWhenNobodyReadsItsBodyIsCoveredByTheGuardAndOneWarning() {
		Warnings warnings = new Warnings();
		this.limit = builder().bodyTimeout(Duration.ofSeconds(10)).build();
		List<ResponseEntity<Flux<DataBuffer>>> responses = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			responses.add(client().get().uri("/ok").retrieve().toEntityFlux(DataBuffer.class).block(LONG));
		}
		this.time.advance(Duration.ofSeconds(9));
		assertThat(this.bulkhead.inUse()).isEqualTo(2);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(this.bulkhead.available()).isEqualTo(2);
		Awaitility.await().until(() -> !warnings.all().isEmpty());
		warnings.close();
		assertThat(warnings.all()).singleElement(InstanceOfAssertFactories.STRING)
			.contains("'remote'", "was neither read nor closed for PT10S");
		responses.forEach(HttpLimitFilterTests::discard);
		assertThat(this.bulkhead.available()).isEqualTo(2);
	}

	private static void discard(ResponseEntity<Flux<DataBuffer>> response) {
		Flux<DataBuffer> body = response.getBody();
		assertThat(body).isNotNull();
		body.map(DataBufferUtils::release).then().block(LONG);
	}

	@Test
	void requestWhenTokenIsRefusedGivesThePermitBack() {
		RateLimiter tokens = this.registry.register("tokens",
				RateLimiterSpec.of(1, Duration.ofMinutes(1)).withTimeout(Duration.ZERO));
		this.limit = builder().rateLimit(tokens).build();
		WebClient client = client();
		assertThat(get(client, "/ok").block(LONG)).isEqualTo("fine");
		StepVerifier.create(get(client, "/ok")).expectError(RateLimitExceededException.class).verify(LONG);
		assertThat(this.bulkhead.inUse()).isZero();
		this.time.advance(Duration.ofMinutes(1));
		this.bulkhead.change((spec) -> spec.withMax(0));
		StepVerifier.create(get(client, "/ok")).expectError(BulkheadFullException.class).verify(LONG);
		assertThat(tokens.available()).isOne();
	}

	@Test
	void requestWhenItIsRetriedIsOneForEachAttempt() {
		this.remote.refuseNext(500);
		this.remote.refuseNext(500);
		String body = get(client(), "/ok").retryWhen(Retry.max(5)).block(LONG);
		assertThat(body).isEqualTo("fine");
		assertThat(this.bulkhead.stats().granted()).isEqualTo(3);
	}

	@Test
	void requestWhenTheClientFollowsRedirectsItselfIsOne() {
		WebClient client = client().mutate()
			.clientConnector(new ReactorClientHttpConnector(HttpClient.newConnection().followRedirect(true)))
			.build();
		assertThat(get(client, "/moved").block(LONG)).isEqualTo("fine");
		assertThat(this.remote.requests()).containsExactly("/moved", "/ok");
		assertThat(this.bulkhead.stats().granted()).isOne();
	}

	@Test
	void requestWhenCancelledInLineLeavesIt() throws InterruptedException {
		this.bulkhead.change((spec) -> spec.withTimeout(LONG).withMax(1));
		WebClient client = client();
		try (Permit permit = this.bulkhead.acquire()) {
			Disposable waiting = get(client, "/ok").subscribe();
			assertThat(this.bulkhead.waiting()).isOne();
			waiting.dispose();
			assertThat(this.bulkhead.waiting()).isZero();
			assertThat(permit).isNotNull();
		}
		assertThat(get(client, "/ok").block(LONG)).isEqualTo("fine");
	}

	@Test
	void requestWhenCancelledWaitingForTokenLeavesTheLineAndGivesThePermitBack() {
		RateLimiter tokens = this.registry.register("tokens", RateLimiterSpec.of(1, Duration.ofSeconds(10)));
		this.limit = builder().rateLimit(tokens).build();
		WebClient client = client();
		assertThat(get(client, "/ok").block(LONG)).isEqualTo("fine");
		Disposable waiting = get(client, "/ok").subscribe();
		assertThat(tokens.waiting()).isOne();
		assertThat(this.bulkhead.inUse()).isOne();
		waiting.dispose();
		assertThat(tokens.waiting()).isZero();
		assertThat(this.bulkhead.inUse()).isZero();
		this.time.advance(Duration.ofSeconds(10));
		assertThat(tokens.available()).isOne();
	}

	@Test
	void requestWhenCancelRacesWithTheGrantLosesNoPermit() throws Exception {
		this.bulkhead.change((spec) -> spec.withTimeout(LONG).withMax(1));
		AtomicInteger sent = new AtomicInteger();
		WebClient client = client((request) -> {
			sent.incrementAndGet();
			return Mono.delay(Duration.ofNanos(ThreadLocalRandom.current().nextInt(100_000)))
				.thenReturn(ClientResponse.create(HttpStatus.OK).body("fine").build());
		});
		for (int i = 0; i < 2000; i++) {
			Permit permit = this.bulkhead.acquire();
			Disposable waiting = get(client, "/ok").subscribe();
			CompletableFuture<Void> release = CompletableFuture.runAsync(permit::close);
			spin(ThreadLocalRandom.current().nextInt(20_000));
			waiting.dispose();
			release.get(60, TimeUnit.SECONDS);
			for (long begin = System.nanoTime(); this.bulkhead.inUse() != 0; Thread.yield()) {
				assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LONG);
			}
		}
		assertThat(sent).hasPositiveValue();
	}

	private static void spin(long nanos) {
		long end = System.nanoTime() + nanos;
		while (System.nanoTime() - end < 0) {
			Thread.onSpinWait();
		}
	}

	@Test
	void requestWhenCancelledBeforeItsResponseComesReleasesItsBody() {
		TestPublisher<ClientResponse> responses = TestPublisher
			.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
		AtomicInteger read = new AtomicInteger();
		ClientResponse late = ClientResponse.create(HttpStatus.OK)
			.body(Flux.<DataBuffer>empty().doOnSubscribe((subscription) -> read.incrementAndGet()))
			.build();
		ExchangeFunction exchange = (request) -> Mono.fromDirect(responses);
		Disposable request = get(client(exchange), "/ok").subscribe();
		assertThat(this.bulkhead.inUse()).isOne();
		request.dispose();
		assertThat(this.bulkhead.inUse()).isZero();
		responses.next(late);
		assertThat(this.bulkhead.inUse()).isZero();
		assertThat(read).hasValue(1);
	}

	@Test
	void requestWhenWholeExchangeIsCancelledAfterTheHeadersKeepsThePermitForTheBody() {
		Sinks.Many<DataBuffer> body = Sinks.many().unicast().onBackpressureBuffer();
		ClientResponse response = ClientResponse.create(HttpStatus.OK).body(body.asFlux()).build();
		ResponseEntity<Flux<DataBuffer>> entity = Flux
			.from(client((request) -> Mono.just(response)).get().uri("/").retrieve().toEntityFlux(DataBuffer.class))
			.next()
			.block(LONG);
		assertThat(entity).isNotNull();
		assertThat(this.bulkhead.inUse()).isOne();
		body.tryEmitNext(DefaultDataBufferFactory.sharedInstance.wrap(new byte[1]));
		body.tryEmitComplete();
		discard(entity);
		assertThat(this.bulkhead.inUse()).isZero();
	}

	@Test
	void requestWhenCallHoldsThePermitOfTheSameBulkheadSharesIt() {
		this.bulkhead.change((spec) -> spec.withMax(1));
		WebClient client = client();
		this.bulkhead.run(() -> {
			assertThat(get(client, "/ok").block(LONG)).isEqualTo("fine");
			assertThat(this.bulkhead.inUse()).isOne();
		});
	}

	@Test
	void requestWhenOneFollowsAnotherTakesItsOwnPermit() {
		this.bulkhead.change((spec) -> spec.withMax(1));
		WebClient client = client((request) -> Mono.just(ClientResponse.create(HttpStatus.OK).body("fine").build()));
		String both = get(client, "/1").flatMap((one) -> get(client, "/2").map((two) -> one + two)).block(LONG);
		assertThat(both).isEqualTo("finefine");
		assertThat(this.bulkhead.stats().granted()).isEqualTo(2);
	}

	@Test
	void requestPassesTheSubscribersContextOn() {
		WebClient client = client((request) -> Mono.deferContextual(
				(context) -> Mono.just(ClientResponse.create(HttpStatus.OK).body(context.<String>get("key")).build())));
		assertThat(get(client, "/").contextWrite(Context.of("key", "value")).block(LONG)).isEqualTo("value");
	}

	@ParameterizedTest
	@CsvSource({ "429, 3, 3", "503, 3, 3", "429, 9999999, 54" })
	void responseWhenItAsksForPauseHoldsTheNextRequestBack(int status, String retryAfter, int seconds) {
		this.remote.refuseNext(status, "Retry-After", retryAfter);
		WebClient client = client();
		StepVerifier.create(get(client, "/ok")).expectError(WebClientResponseException.class).verify(LONG);
		StepVerifier.create(get(client, "/ok"))
			.expectErrorSatisfies(
					(failure) -> assertThat(failure).isInstanceOfSatisfying(RateLimitExceededException.class,
							(refusal) -> assertThat(refusal.retryAfter()).isBetween(Duration.ofSeconds(seconds),
									Duration.ofMinutes(1))))
			.verify(LONG);
		assertThat(this.remote.requests()).hasSize(1);
		this.time.advance(Duration.ofMinutes(1));
		assertThat(get(client, "/ok").block(LONG)).isEqualTo("fine");
	}

	@ParameterizedTest
	@CsvSource({ "X-Other, 1, 100", "retry-after-ms, 3000, 3000", "RateLimit, '\"default\";r=0;t=3', 3000",
			"X-RateLimit-Reset, 3, 3000" })
	void responseWhenItRefusesInOtherWordsHoldsTheNextRequestBack(String header, String value, int millis) {
		this.limit = builder().defaultPause(Duration.ofMillis(100)).build();
		this.remote.refuseNext(429, header, value);
		WebClient client = client();
		StepVerifier.create(get(client, "/ok")).expectError(WebClientResponseException.class).verify(LONG);
		assertThat(this.limit.pause().paused()).isBetween(Duration.ofMillis(millis),
				Duration.ofMillis(millis * 11 / 10));
		this.time.advance(Duration.ofMinutes(1));
		assertThat(get(client, "/ok").block(LONG)).isEqualTo("fine");
	}

	@ParameterizedTest
	@CsvSource({ "429, 0", "503, 0", "503, soon", "500, 60" })
	void responseWhenItAsksForNoPauseIsIgnored(int status, String retryAfter) {
		this.remote.refuseNext(status, "Retry-After", retryAfter);
		WebClient client = client();
		StepVerifier.create(get(client, "/ok")).expectError(WebClientResponseException.class).verify(LONG);
		assertThat(get(client, "/ok").block(LONG)).isEqualTo("fine");
		assertThat(this.limit.pause().learned()).isZero();
	}

	@Test
	void requestWhenPauseIsWithinItsTimeoutWaitsForItsEndAndMayLeave() {
		this.bulkhead.change((spec) -> spec.withTimeout(LONG));
		this.limit.gate().learn(Duration.ofSeconds(5));
		WebClient client = client();
		CompletableFuture<String> next = get(client, "/ok").subscribeOn(Schedulers.parallel()).toFuture();
		Awaitility.await().until(() -> this.limit.pause().waiting() == 1);
		Disposable leaving = get(client, "/ok").subscribe();
		assertThat(this.limit.pause().waiting()).isEqualTo(2);
		assertThat(this.bulkhead.inUse()).isEqualTo(2);
		leaving.dispose();
		assertThat(this.limit.pause().waiting()).isOne();
		assertThat(this.bulkhead.inUse()).isOne();
		this.time.advance(Duration.ofMillis(4900));
		assertThat(next).isNotDone();
		assertThat(this.remote.requests()).isEmpty();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(next.join()).isEqualTo("fine");
	}

	/** The HTTP library below the client. */
	enum Connector {

		NETTY {
			@Override
			ClientHttpConnector make() {
				return new ReactorClientHttpConnector(HttpClient.newConnection());
			}
		},

		JDK {
			@Override
			ClientHttpConnector make() {
				return new JdkClientHttpConnector();
			}
		};

		private final ClientHttpConnector connector = make();

		abstract ClientHttpConnector make();

	}

}
