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

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.annotation.Bulkhead;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a controller returns for a response that comes later holds the permit until the
 * response is done; on a real server.
 */
class ResponseMethodTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static ConfigurableApplicationContext context;

	private static ConcurrencyLimiter limiter;

	private static Controller controller;

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.SERVLET)
			.properties("server.port=0", "spring.main.banner-mode=off", "spring.main.register-shutdown-hook=false")
			.run();
		limiter = context.getBean(LimiterRegistry.class).concurrencyLimiter("response");
		controller = context.getBean(Controller.class);
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@BeforeEach
	void prepare() {
		controller.shared().gate = new CountDownLatch(1);
		controller.shared().deferred.set(null);
		controller.shared().emitter.set(null);
	}

	@AfterEach
	void assertQuiet() {
		controller.shared().gate.countDown();
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			assertThat(limiter.inUse()).isZero();
			assertThat(limiter.waiting()).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "/callable", "/task", "/streaming", "/entity", "/object", "/object-mono" })
	void permitWhenWorkGoesOnIsHeldUntilTheResponseIsDone(String path) throws Exception {
		CompletableFuture<HttpResponse<String>> response = get(path);
		Awaitility.await().until(() -> limiter.inUse() == 1 && controller.shared().gate.getCount() == 1);
		Awaitility.await().until(() -> controller.shared().working);
		assertThat(limiter.inUse()).isEqualTo(1);
		assertThat(limiter.tryAcquire()).isNull();
		controller.shared().gate.countDown();
		assertThat(response.get(20, TimeUnit.SECONDS).body()).isEqualTo("done");
	}

	@Test
	void permitWhenResultIsDeferredIsHeldUntilItIsSet() throws Exception {
		CompletableFuture<HttpResponse<String>> response = get("/deferred");
		Awaitility.await().until(() -> controller.shared().deferred.get() != null && limiter.inUse() == 1);
		controller.shared().deferred.get().setResult("done");
		assertThat(response.get(20, TimeUnit.SECONDS).body()).isEqualTo("done");
	}

	@Test
	void permitWhenDeferredResultTimesOutIsBack() throws Exception {
		assertThat(get("/timeout").get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
	}

	@Test
	void permitWhenDeferredResultFailsIsBack() throws Exception {
		CompletableFuture<HttpResponse<String>> response = get("/deferred");
		Awaitility.await().until(() -> controller.shared().deferred.get() != null && limiter.inUse() == 1);
		controller.shared().deferred.get().setErrorResult(new IllegalStateException());
		assertThat(response.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(500);
	}

	@Test
	void permitWhenEventsAreSentIsHeldUntilTheLast() throws Exception {
		CompletableFuture<HttpResponse<String>> response = get("/events");
		Awaitility.await().until(() -> controller.shared().emitter.get() != null && limiter.inUse() == 1);
		SseEmitter emitter = controller.shared().emitter.get();
		emitter.send("one");
		assertThat(limiter.inUse()).isEqualTo(1);
		emitter.complete();
		assertThat(response.get(20, TimeUnit.SECONDS).body()).contains("data:one");
	}

	@Test
	void permitWhenClientGoesAwayIsBack() throws Exception {
		HttpResponse<InputStream> response = CLIENT.send(request("/events"), BodyHandlers.ofInputStream());
		SseEmitter emitter = controller.shared().emitter.get();
		assertThat(limiter.inUse()).isEqualTo(1);
		response.body().close();
		Awaitility.await().until(() -> {
			try {
				emitter.send("more");
				return false;
			}
			catch (IOException | IllegalStateException ex) {
				return true;
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "/nothing", "/empty", "/throwing", "/done", "/any-entity" })
	void permitWhenNothingGoesOnIsBackAtOnce(String path) throws Exception {
		get(path).get(20, TimeUnit.SECONDS);
	}

	private static CompletableFuture<HttpResponse<String>> get(String path) {
		return CLIENT.sendAsync(request(path), BodyHandlers.ofString());
	}

	private static HttpRequest request(String path) {
		String port = context.getEnvironment().getRequiredProperty("local.server.port");
		return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
	@Import(Controller.class)
	static class Application {

	}

	static final class Shared {

		volatile CountDownLatch gate = new CountDownLatch(1);

		volatile boolean working;

		final AtomicReference<DeferredResult<String>> deferred = new AtomicReference<>();

		final AtomicReference<SseEmitter> emitter = new AtomicReference<>();

		String work() throws InterruptedException {
			this.working = true;
			this.gate.await();
			this.working = false;
			return "done";
		}

	}

	@RestController
	static class Controller {

		private final Shared shared = new Shared();

		Shared shared() {
			return this.shared;
		}

		@GetMapping("/callable")
		@Bulkhead(name = "response", max = 1)
		public Callable<String> callable() {
			return this.shared::work;
		}

		@GetMapping("/task")
		@Bulkhead(name = "response", max = 1)
		public WebAsyncTask<String> task() {
			return new WebAsyncTask<>(this.shared::work);
		}

		@GetMapping("/streaming")
		@Bulkhead(name = "response", max = 1)
		public StreamingResponseBody streaming() {
			return (output) -> {
				try {
					output.write(this.shared.work().getBytes(StandardCharsets.UTF_8));
				}
				catch (InterruptedException ex) {
					throw new IOException(ex);
				}
			};
		}

		@GetMapping("/entity")
		@Bulkhead(name = "response", max = 1)
		public ResponseEntity<StreamingResponseBody> entity() {
			return ResponseEntity.ok(streaming());
		}

		@GetMapping("/object")
		@Bulkhead(name = "response", max = 1)
		public Object object() {
			return callable();
		}

		@GetMapping("/object-mono")
		@Bulkhead(name = "response", max = 1)
		public Object objectMono() {
			return Mono.fromCallable(this.shared::work).subscribeOn(Schedulers.boundedElastic());
		}

		@GetMapping("/any-entity")
		@Bulkhead(name = "response", max = 1)
		public ResponseEntity<?> anyEntity() {
			return ResponseEntity.ok(streaming());
		}

		@GetMapping("/deferred")
		@Bulkhead(name = "response", max = 1)
		public DeferredResult<String> deferred() {
			DeferredResult<String> result = new DeferredResult<>();
			this.shared.deferred.set(result);
			return result;
		}

		@GetMapping("/timeout")
		@Bulkhead(name = "response", max = 1)
		public DeferredResult<String> timeout() {
			return new DeferredResult<>(50L);
		}

		@GetMapping("/events")
		@Bulkhead(name = "response", max = 1)
		public SseEmitter events() throws IOException {
			SseEmitter emitter = new SseEmitter();
			emitter.send("first");
			this.shared.emitter.set(emitter);
			return emitter;
		}

		@GetMapping("/nothing")
		@Bulkhead(name = "response", max = 1)
		public DeferredResult<String> nothing() {
			return null;
		}

		@GetMapping("/empty")
		@Bulkhead(name = "response", max = 1)
		public ResponseEntity<?> empty() {
			return ResponseEntity.noContent().build();
		}

		@GetMapping("/throwing")
		@Bulkhead(name = "response", max = 1)
		public Callable<String> throwing() {
			throw new IllegalStateException();
		}

		@GetMapping("/done")
		@Bulkhead(name = "response", max = 1)
		public DeferredResult<String> done() {
			DeferredResult<String> result = new DeferredResult<>();
			result.setResult("done");
			return result;
		}

	}

}
