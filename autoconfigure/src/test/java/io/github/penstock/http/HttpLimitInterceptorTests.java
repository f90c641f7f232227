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

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.RefusalReason;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.client.RestTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HttpLimitInterceptor} against a real server. A body that does not come
 * is read by a thread that an interrupt does not wake on JDK 17.
 */
@Timeout(value = 100, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpLimitInterceptorTests {

	/** Expensive to make. */
	private static final HttpClient HTTP = HttpClient.newHttpClient();

	private static final Duration LONG = Duration.ofSeconds(60);

	private final SetTime time = new SetTime();

	private final Remote remote = new Remote();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter bulkhead = this.registry.register("remote",
			ConcurrencyLimiterSpec.of(2).withTimeout(Duration.ZERO));

	private HttpLimit limit = builder().build();

	private HttpLimit.Builder builder() {
		return HttpLimit.named("remote").hosts("localhost").bulkhead(this.bulkhead).time(this.time);
	}

	@AfterEach
	void everythingIsGivenBack() {
		this.remote.close();
		this.threads.shutdownNow();
		assertThat(this.bulkhead.inUse()).isZero();
		assertThat(this.bulkhead.waiting()).isZero();
		assertThat(this.limit.pause().waiting()).isZero();
		assertThat(this.time.scheduled()).isZero();
	}

	private RestClient client(ClientHttpRequestInterceptor... before) {
		return RestClient.builder().requestFactory(new JdkClientHttpRequestFactory(HTTP)).requestInterceptors((all) -> {
			all.addAll(List.of(before));
			all.add(new HttpLimitInterceptor(HttpLimits.of(this.limit)));
		}).baseUrl(this.remote.url("")).build();
	}

	private static String get(RestClient client, String path) {
		return client.get().uri(path).retrieve().body(String.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/ok", "/empty", "/large" })
	void requestWhenBodyIsReadGivesItsPermitBack(String path) {
		RestClient client = client();
		for (int i = 0; i < 5; i++) {
			get(client, path);
			assertThat(this.bulkhead.inUse()).isZero();
		}
		assertThat(this.bulkhead.stats().granted()).isEqualTo(5);
	}

	@Test
	void requestWhenHostIsNotNamedIsNotLimited() {
		this.bulkhead.change((spec) -> spec.withMax(0));
		assertThat(get(client(), "http://127.0.0.1:" + this.remote.port() + "/ok")).isEqualTo("fine");
	}

	@Test
	void requestWhenRefusedFailsWithTheRefusalItselfAndIsNotSent() {
		this.bulkhead.change((spec) -> spec.withMax(0));
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> get(client(), "/ok"))
			.satisfies((refusal) -> assertThat(refusal.reason()).isEqualTo(RefusalReason.CLOSED));
		RestTemplate template = new RestTemplate();
		template.getInterceptors().add(new HttpLimitInterceptor(HttpLimits.of(this.limit)));
		assertThatExceptionOfType(BulkheadFullException.class)
			.isThrownBy(() -> template.getForObject(this.remote.url("/ok"), String.class));
		assertThat(this.remote.requests()).isEmpty();
	}

	@Test
	void requestsWhenManyComeAtOnceAreNeverMoreThanThePermits() throws Exception {
		this.bulkhead.change((spec) -> spec.withTimeout(LONG));
		RestClient client = client();
		List<Future<String>> all = IntStream.range(0, 40)
			.mapToObj((n) -> this.threads.submit(() -> get(client, "/ok")))
			.toList();
		for (Future<String> one : all) {
			assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo("fine");
		}
		assertThat(this.remote.mostInFlight()).isBetween(1, 2);
	}

	@Test
	void requestWhileItsBodyComesHoldsItsPermit() throws Exception {
		RestClient client = client();
		InputStream one = stream(client, "/slow");
		InputStream two = stream(client, "/slow");
		assertThat(one.readNBytes(4)).hasSize(4);
		assertThat(this.bulkhead.inUse()).isEqualTo(2);
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> get(client, "/ok"));
		this.remote.sendRest(2);
		assertThat(one.readAllBytes()).hasSize(4);
		assertThat(this.bulkhead.inUse()).isOne();
		assertThat(two.transferTo(java.io.OutputStream.nullOutputStream())).isEqualTo(8);
		assertThat(this.bulkhead.inUse()).isZero();
		one.close();
		two.close();
	}

	@Test
	void requestWhenBodyIsClosedHalfReadGivesItsPermitBackOnce() throws Exception {
		InputStream body = stream(client(), "/slow");
		assertThat(body.read()).isEqualTo('h');
		assertThat(this.bulkhead.inUse()).isOne();
		body.close();
		body.close();
		assertThat(this.bulkhead.available()).isEqualTo(2);
	}

	@Test
	void requestWhenResponseIsClosedUnreadGivesItsPermitBack() {
		client().get().uri("/large").exchange((request, response) -> {
			assertThat(this.bulkhead.inUse()).isOne();
			response.close();
			assertThat(this.bulkhead.inUse()).isZero();
			return "closed";
		}, false);
	}

	@Test
	void requestWhenConnectionIsCutGivesItsPermitBack() throws Exception {
		InputStream body = stream(client(), "/cut");
		assertThatExceptionOfType(IOException.class).isThrownBy(body::readAllBytes);
		assertThat(this.bulkhead.inUse()).isZero();
		assertThatExceptionOfType(RestClientException.class).isThrownBy(() -> get(client(), "/cut"));
	}

	@Test
	void requestWhenItCannotBeSentGivesItsPermitBack() {
		RestClient client = client();
		String nobody = "http://localhost:1/";
		assertThatExceptionOfType(RestClientException.class).isThrownBy(() -> get(client, nobody));
		RestClient broken = client((request, body, execution) -> execution.execute(request, body)).mutate()
			.requestInterceptor((request, body, execution) -> {
				throw new IllegalStateException("inside of the limits");
			})
			.build();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> get(broken, "/ok"));
	}

	@Test
	void requestWhenItIsReleasedByHeadersHoldsNothingWhileItsBodyComes() throws Exception {
		this.limit = builder().release(Release.HEADERS).build();
		InputStream body = stream(client(), "/slow");
		assertThat(this.bulkhead.inUse()).isZero();
		body.close();
	}

	@Test
	void requestWhenNobodyReadsItsBodyIsCoveredByTheGuardAndOneWarning() {
		Warnings warnings = new Warnings();
		this.limit = builder().bodyTimeout(Duration.ofSeconds(10)).build();
		RestClient client = client();
		for (int i = 0; i < 2; i++) {
			client.get().uri("/slow").exchange((request, response) -> response.getStatusCode(), false);
		}
		this.time.advance(Duration.ofSeconds(9));
		assertThat(this.bulkhead.inUse()).isEqualTo(2);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(this.bulkhead.available()).isEqualTo(2);
		assertThat(this.limit.abandonedBodies()).isEqualTo(2);
		Awaitility.await().until(() -> !warnings.all().isEmpty());
		warnings.close();
		assertThat(warnings.all()).singleElement(InstanceOfAssertFactories.STRING)
			.contains("'remote'", "was neither read nor closed for PT10S");
		this.remote.sendRest(2);
	}

	@Test
	void requestWhenItsBodyIsReadSlowlyKeepsItsPermit() throws Exception {
		this.limit = builder().bodyTimeout(Duration.ofSeconds(10)).build();
		InputStream body = stream(client(), "/slow");
		for (int i = 0; i < 4; i++) {
			this.time.advance(Duration.ofSeconds(9));
			assertThat(body.read()).isPositive();
			assertThat(this.bulkhead.inUse()).isOne();
		}
		this.time.advance(Duration.ofSeconds(20));
		assertThat(this.bulkhead.inUse()).isZero();
		this.remote.sendRest(1);
		assertThat(body.readAllBytes()).hasSize(4);
		assertThat(this.bulkhead.available()).isEqualTo(2);
	}

	@Test
	void requestWhenTokenIsRefusedGivesThePermitBack() {
		RateLimiter tokens = this.registry.register("tokens",
				new RateLimiterSpec(java.math.BigDecimal.ONE, Duration.ofMinutes(1), 1L, Duration.ZERO, 10));
		this.limit = builder().rateLimit(tokens).build();
		RestClient client = client();
		assertThat(get(client, "/ok")).isEqualTo("fine");
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> get(client, "/ok"))
			.satisfies((refusal) -> assertThat(refusal.retryAfter()).isEqualTo(Duration.ofMinutes(1)));
		assertThat(this.bulkhead.inUse()).isZero();
		this.bulkhead.change((spec) -> spec.withMax(0));
		this.time.advance(Duration.ofMinutes(1));
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> get(client, "/ok"));
		assertThat(tokens.available()).isOne();
	}

	@Test
	void requestWhenCallHoldsThePermitOfTheSameBulkheadSharesIt() throws Exception {
		this.bulkhead.change((spec) -> spec.withMax(1));
		RestClient client = client();
		InputStream body = this.bulkhead.call(() -> {
			assertThat(get(client, "/ok")).isEqualTo("fine");
			assertThat(this.bulkhead.inUse()).isOne();
			return stream(client, "/slow");
		});
		assertThat(this.bulkhead.inUse()).isOne();
		body.close();
	}

	@Test
	void requestWhenInterceptorInsideMakesAnotherOneSharesThePermit() {
		this.bulkhead.change((spec) -> spec.withMax(1));
		RestClient tokens = client();
		RestClient client = client().mutate().requestInterceptor((request, body, execution) -> {
			request.getHeaders().setBearerAuth(get(tokens, "/token"));
			return execution.execute(request, body);
		}).build();
		assertThat(get(client, "/ok")).isEqualTo("fine");
		assertThat(this.remote.requests()).containsExactly("/token", "/ok");
	}

	@Test
	void requestWhenItIsRetriedIsOneForEachAttempt() {
		this.remote.refuseNext(500);
		this.remote.refuseNext(500);
		RestClient client = client((request, body, execution) -> {
			while (true) {
				var response = execution.execute(request, body);
				if (response.getStatusCode().value() != 500) {
					return response;
				}
				response.close();
				assertThat(this.bulkhead.inUse()).isZero();
			}
		});
		assertThat(get(client, "/ok")).isEqualTo("fine");
		assertThat(this.bulkhead.stats().granted()).isEqualTo(3);
	}

	@Test
	void requestWhenTheClientFollowsRedirectsItselfIsOne() {
		RestClient client = client().mutate().requestFactory(new SimpleClientHttpRequestFactory()).build();
		assertThat(get(client, "/moved")).isEqualTo("fine");
		assertThat(this.remote.requests()).containsExactly("/moved", "/ok");
		assertThat(this.bulkhead.stats().granted()).isOne();
	}

	@Test
	void requestWhenTheClientDoesNotFollowRedirectsIsOneForEachHop() {
		RestClient client = client();
		String location = client.get().uri("/moved").retrieve().toBodilessEntity().getHeaders().getFirst("Location");
		assertThat(get(client, location)).isEqualTo("fine");
		assertThat(this.bulkhead.stats().granted()).isEqualTo(2);
	}

	@ParameterizedTest
	@CsvSource({ "429, 3, 3", "503, 3, 3", "429, 9999999, 54", "429, 'Fri, 31 Dec 9999 23:59:59 GMT', 54" })
	void responseWhenItAsksForPauseHoldsTheNextRequestBack(int status, String retryAfter, int seconds) {
		this.remote.refuseNext(status, "Retry-After", retryAfter);
		RestClient client = client();
		assertThatExceptionOfType(RestClientResponseException.class).isThrownBy(() -> get(client, "/ok"));
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> get(client, "/ok"))
			.satisfies((refusal) -> {
				assertThat(refusal.name()).isEqualTo("remote");
				assertThat(refusal.retryAfter()).isBetween(Duration.ofSeconds(seconds), Duration.ofMinutes(1));
			});
		assertThat(this.remote.requests()).hasSize(1);
		assertThat(this.limit.pause().paused()).isPositive();
		this.time.advance(Duration.ofMinutes(1));
		assertThat(get(client, "/ok")).isEqualTo("fine");
	}

	@ParameterizedTest
	@CsvSource({ "-5, PT1S, 1000", "soon, PT1S, 1000", "1e9, PT0.5S, 500", "soon, PT0S, 0" })
	void responseWhenItRefusesAndDoesNotSayHowLongIsFollowedByTheDefaultPause(String retryAfter, Duration pause,
			int millis) {
		this.limit = builder().defaultPause(pause).build();
		this.remote.refuseNext(429, "Retry-After", retryAfter);
		RestClient client = client();
		client.get().uri("/ok").exchange((request, response) -> response.getStatusCode());
		assertThat(this.limit.pause().paused()).isBetween(Duration.ofMillis(millis),
				Duration.ofMillis(millis * 11 / 10));
		this.time.advance(Duration.ofMinutes(1));
		assertThat(get(client, "/ok")).isEqualTo("fine");
	}

	@ParameterizedTest
	@CsvSource({ "503, -5", "429, 0", "503, soon", "503, 1e9", "429, 'Wed, 21 Oct 2015 07:28:00 GMT'", "500, 60",
			"301, 60", "404, 60" })
	void responseWhenItAsksForNoPauseIsIgnored(int status, String retryAfter) {
		this.remote.refuseNext(status, "Retry-After", retryAfter);
		RestClient client = client();
		client.get().uri("/ok").exchange((request, response) -> response.getStatusCode());
		assertThat(get(client, "/ok")).isEqualTo("fine");
		assertThat(this.limit.pause().learned()).isZero();
	}

	@Test
	void responseWhenItAsksForAPauseTellsOthersOnce() {
		Map<String, Duration> told = new LinkedHashMap<>();
		this.limit = builder().pauseListener((client, asked) -> {
			told.put(client, asked);
			throw new IllegalStateException("not heard");
		}).build();
		this.remote.refuseNext(429, "Retry-After", "5");
		client().get().exchange((request, response) -> response.getStatusCode());
		assertThat(told).containsExactly(Map.entry("remote", Duration.ofSeconds(5)));
		told.clear();
		HttpLimit elsewhere = builder().pauseListener(told::put).build();
		elsewhere.pauseFor(Duration.ofSeconds(5));
		assertThat(elsewhere.pause().paused()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
		assertThat(told).isEmpty();
	}

	@Test
	void requestWhenPauseIsWithinItsTimeoutWaitsForItsEnd() throws Exception {
		this.bulkhead.change((spec) -> spec.withTimeout(LONG));
		this.remote.refuseNext(429, "Retry-After", "5");
		RestClient client = client();
		assertThatExceptionOfType(HttpClientErrorException.TooManyRequests.class).isThrownBy(() -> get(client, "/ok"));
		Future<String> next = this.threads.submit(() -> get(client, "/ok"));
		Awaitility.await().until(() -> this.limit.pause().waiting() == 1);
		this.time.advance(Duration.ofMillis(4900));
		assertThat(next).isNotDone();
		assertThat(this.remote.requests()).hasSize(1);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(next.get(60, TimeUnit.SECONDS)).isEqualTo("fine");
	}

	@Test
	void requestWhenInterruptedDuringPauseIsRefusedAndKeepsTheFlag() throws Exception {
		this.bulkhead.change((spec) -> spec.withTimeout(LONG));
		this.remote.refuseNext(503, "Retry-After", "5");
		RestClient client = client();
		assertThatExceptionOfType(RestClientResponseException.class).isThrownBy(() -> get(client, "/ok"));
		CompletableFuture<Boolean> flag = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				get(client, "/ok");
			}
			catch (RateLimitExceededException ex) {
				flag.complete(ex.reason() == RefusalReason.INTERRUPTED && Thread.currentThread().isInterrupted());
			}
		});
		thread.start();
		Awaitility.await().until(() -> this.limit.pause().waiting() == 1);
		assertThat(this.bulkhead.inUse()).isOne();
		thread.interrupt();
		assertThat(flag.get(60, TimeUnit.SECONDS)).isTrue();
		thread.join();
	}

	@Test
	void requestWhenPauseIsLearnedWhileItWaitsForTokenWaitsForThePauseAsWell()
			throws ExecutionException, InterruptedException, java.util.concurrent.TimeoutException {
		RateLimiter tokens = this.registry.register("tokens", RateLimiterSpec.of(1, Duration.ofSeconds(2)));
		this.limit = builder().rateLimit(tokens).build();
		RestClient client = client();
		assertThat(get(client, "/ok")).isEqualTo("fine");
		Future<String> waiting = this.threads.submit(() -> get(client, "/ok"));
		Awaitility.await().until(() -> tokens.waiting() == 1);
		this.limit.gate().learn(Duration.ofSeconds(10));
		this.time.advance(Duration.ofSeconds(3));
		Awaitility.await().until(() -> this.limit.pause().waiting() == 1);
		assertThat(this.remote.requests()).hasSize(1);
		this.time.advance(Duration.ofSeconds(10));
		assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo("fine");
	}

	private static InputStream stream(RestClient client, String path) {
		InputStream body = client.get().uri(path).retrieve().body(InputStream.class);
		assertThat(body).isNotNull();
		return body;
	}

}
