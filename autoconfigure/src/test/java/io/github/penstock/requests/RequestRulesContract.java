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

package io.github.penstock.requests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What holds of rules for requests, whatever the server. A subclass says which one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class RequestRulesContract {

	private static final String[] RULES = { "plain.paths=/plain/**", "plain.limit=2", "plain.per=1h", //
			"ip.paths=/ip/**", "ip.key=ip", "ip.limit=2", "ip.per=1h", //
			"header.paths=/header/**", "header.key=header:X-Api-Key", "header.limit=2", "header.per=1h",
			"header.headers=true", //
			"list.paths=/list/**", "list.key=header:X-User, cookie:sid, query:q", "list.limit=1", "list.per=1h", //
			"path.paths=/path/{user}/**", "path.key=path:user", "path.limit=1", "path.per=1h", //
			"bean.paths=/bean/**", "bean.key=@tenant", "bean.limit=1", "bean.per=1h", //
			"methods.paths=/methods/**", "methods.methods=GET", "methods.limit=1", "methods.per=1h", //
			"busy.paths=/busy/**", "busy.max=1", "busy.headers=true", //
			"waiting.paths=/waiting/**", "waiting.max=1", "waiting.timeout=30s", //
			"wide.paths=/both/**", "wide.limit=3", "wide.per=1h", //
			"narrow.paths=/both/narrow", "narrow.limit=1", "narrow.per=1h", "narrow.max=5", //
			"except.paths[0]=/except/**", "except.paths[1]=!/except/free/**", "except.limit=1", "except.per=1h", //
			"spelled.paths=/spelled/x", "spelled.limit=1", "spelled.per=1h", //
			"files.paths=/files/**", "files.limit=99", "files.per=1h", //
			"shop.paths=/shop/**", "shop.limit=99", "shop.per=1h", //
			"tiers.paths=/tiers/**", "tiers.key=header:X-Api-Key", "tiers.plan=header:X-Plan",
			"tiers.rate-limit=customers", //
			"shadow.paths=/shadow/**", "shadow.limit=1", "shadow.per=1h", "shadow.enforce=0%", //
			"login.paths=/login", "login.methods=POST", "login.key=ip", "login.limit=5", "login.per=1h",
			"login.charge-statuses=401,403" };

	RunningServer server;

	LimiterRegistry registry;

	private final ExecutorService clients = Executors.newCachedThreadPool();

	/** Start an application that has the paths of the rules. */
	abstract RunningServer start(String... properties);

	/** The gate at which the handler of {@code /busy/hold} waits. */
	abstract Gate gate();

	@BeforeAll
	void startServer() {
		List<String> properties = new ArrayList<>();
		for (String rule : RULES) {
			properties.add("penstock.requests." + rule);
		}
		properties.add("penstock.rate-limits.customers.limit=1");
		properties.add("penstock.rate-limits.customers.per=1h");
		properties.add("penstock.rate-limits.customers.plans.gold.limit=3");
		properties.add("penstock.rate-limits.customers.plans.gold.per=1h");
		this.server = start(properties.toArray(String[]::new));
		this.registry = this.server.context().getBean(LimiterRegistry.class);
	}

	@AfterAll
	void stopServer() {
		this.clients.shutdownNow();
		this.server.close();
	}

	@AfterEach
	void everythingIsBack() { // P3
		gate().open();
		for (ConcurrencyLimiter limiter : this.registry.concurrencyLimiters()) {
			await().untilAsserted(() -> {
				assertThat(limiter.inUse()).as(limiter.name()).isZero();
				assertThat(limiter.waiting()).as(limiter.name()).isZero();
			});
		}
	}

	private int status(String path, String... headers) {
		return this.server.get(path, headers).statusCode();
	}

	private RateLimiter rate(String name) {
		return this.registry.rateLimiter(name);
	}

	private ConcurrencyLimiter bulkhead(String name) {
		return this.registry.concurrencyLimiter(name);
	}

	private <T> List<T> all(int times, Callable<T> task) throws Exception {
		List<Future<T>> futures = new ArrayList<>();
		for (int i = 0; i < times; i++) {
			futures.add(this.clients.submit(task));
		}
		List<T> results = new ArrayList<>();
		for (Future<T> future : futures) {
			results.add(future.get());
		}
		return results;
	}

	private static String header(HttpResponse<?> response, String name) {
		return String.join(", ", response.headers().allValues(name));
	}

	@Test // R1
	void requestBeyondTheRateIs429WithProblemAndFieldsAndRunsNoHandler() {
		assertThat(status("/plain/a")).isEqualTo(200);
		assertThat(status("/plain/b?x=1")).isEqualTo(200);
		int before = gate().handled();
		HttpResponse<String> refused = this.server.get("/plain/c?secret=1");
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(gate().handled()).isEqualTo(before);
		assertThat(header(refused, "Retry-After")).isEqualTo("1800");
		assertThat(header(refused, "RateLimit-Policy")).isEqualTo("\"plain\";q=2;w=3600");
		assertThat(header(refused, "RateLimit")).isEqualTo("\"plain\";r=0;t=1800");
		assertThat(header(refused, "Content-Type")).isEqualTo("application/problem+json");
		assertThat(header(refused, "Cache-Control")).isEqualTo("no-store");
		assertThat(refused.body())
			.isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
					+ "\"title\":\"Too Many Requests\",\"status\":429,"
					+ "\"detail\":\"Too many requests. Try again in 1800 seconds.\",\"instance\":\"/plain/c\","
					+ "\"limiter\":\"plain\",\"retryAfter\":1800,\"violated-policies\":[\"plain\"]}");
		assertThat(status("/else/a")).isEqualTo(200);
	}

	@Test // R2, L10
	void addressIsThatOfTheConnection() {
		assertThat(status("/ip/a", "X-Forwarded-For", "1.2.3.4", "Forwarded", "for=1.2.3.4")).isEqualTo(200);
		assertThat(status("/ip/a", "X-Forwarded-For", "1.2.3.5", "X-Real-IP", "1.2.3.5")).isEqualTo(200);
		assertThat(status("/ip/a", "X-Forwarded-For", "1.2.3.6")).isEqualTo(429);
		assertThat(rate("ip").keys(5).known()).isOne();
	}

	@Test // K1, K5
	void eachHeaderHasTokensOfItsOwnAndResponsesTellThem() {
		HttpResponse<String> first = this.server.get("/header/a", "X-Api-Key", "alpha");
		assertThat(first.statusCode()).isEqualTo(200);
		assertThat(header(first, "RateLimit-Policy")).isEqualTo("\"header\";q=2;w=3600");
		assertThat(header(first, "RateLimit")).startsWith("\"header\";r=1;t=");
		assertThat(status("/header/a", "x-api-key", "alpha")).isEqualTo(200);
		HttpResponse<String> refused = this.server.get("/header/a", "X-Api-Key", "alpha");
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(refused.body()).contains("\"key\":\"").doesNotContain("alpha");
		assertThat(header(refused, "RateLimit")).isEqualTo("\"header\";r=0;t=" + header(refused, "Retry-After"));
		assertThat(status("/header/a", "X-Api-Key", "beta")).isEqualTo(200);
	}

	@Test
	void requestsWithoutAnyKeyShareOneBucket() {
		assertThat(status("/header/a")).isEqualTo(200);
		assertThat(status("/header/a", "X-Api-Key", "")).isEqualTo(200);
		assertThat(status("/header/a")).isEqualTo(429);
	}

	@Test
	void firstSourceThatThereIsCounts() {
		assertThat(status("/list/a", "X-User", "same", "Cookie", "sid=other")).isEqualTo(200);
		assertThat(status("/list/a", "X-User", "same")).isEqualTo(429);
		assertThat(status("/list/a", "Cookie", "x=1; sid=same")).isEqualTo(200);
		assertThat(status("/list/a?q=1", "Cookie", "sid=same")).isEqualTo(429);
		assertThat(status("/list/a?p=2&q=s%61me")).isEqualTo(200);
		assertThat(status("/list/a?q=same")).isEqualTo(429);
		assertThat(status("/list/a?q=" + "x".repeat(200))).isEqualTo(200);
	}

	@Test
	void variableOfThePathIsAKey() {
		assertThat(status("/path/ann/x")).isEqualTo(200);
		assertThat(status("/path/ann/y/z")).isEqualTo(429);
		assertThat(status("/path/%61nn;v=1/y")).isEqualTo(429);
		assertThat(status("/path/bob/x")).isEqualTo(200);
	}

	@Test
	void beanIsAKey() {
		assertThat(status("/bean/a", "X-Tenant", "t1")).isEqualTo(200);
		assertThat(status("/bean/a", "X-Tenant", "T1")).isEqualTo(429);
		assertThat(status("/bean/a", "X-Tenant", "t2")).isEqualTo(200);
	}

	@Test
	void methodsThatAreNotNamedAreNotLimitedAndHeadIsAGet() {
		assertThat(this.server.post("/methods/a", "").statusCode()).isEqualTo(200);
		assertThat(this.server.manage("HEAD", "/methods/a", "").statusCode()).isEqualTo(200);
		assertThat(status("/methods/a")).isEqualTo(429);
		assertThat(this.server.post("/methods/a", "").statusCode()).isEqualTo(200);
	}

	@Test
	void excludedPathIsNotLimited() {
		assertThat(status("/except/a")).isEqualTo(200);
		assertThat(status("/except/b")).isEqualTo(429);
		assertThat(status("/except/free/a")).isEqualTo(200);
		assertThat(status("/except/free")).isEqualTo(200);
	}

	@ParameterizedTest // L11
	@ValueSource(strings = { "/spelled/x/", "/spelled//x", "//spelled/x", "/spelled/x;v=1", "/spelled;a=b/x",
			"/spelled/./x", "/y/../spelled/x", "/%73pelled/x", "/y/%2e%2e/spelled/x", "/SPELLED/x" })
	void otherSpellingOfAPathIsNoWayAroundTheRule(String path) throws IOException {
		rate("spelled").reset();
		rate("spelled").refund(1);
		assertThat(status("/spelled/x")).isEqualTo(200);
		int before = gate().handled();
		assertThat(rawStatus(path)).isBetween(400, 499);
		assertThat(gate().handled()).isEqualTo(before);
	}

	@ParameterizedTest // L11
	@ValueSource(strings = { "/files/a.txt", "/files%2Fa.txt", "/files%5Ca.txt", "/files%2f/a.txt", "/%2Ffiles/a.txt",
			"/%5Cfiles/a.txt", "/files/x%2f..%2fa.txt", "/files\\a.txt", "/%66iles/%61.txt", "/files;x/a.txt;y",
			"/%2e/files/a.txt", "/x%5C..%5Cfiles%5Ca.txt" })
	void fileIsNotReachedAroundTheRule(String path) throws IOException {
		long before = rate("files").stats().granted();
		assertThat(rawStatus(path) >= 400 || rate("files").stats().granted() > before).isTrue();
	}

	@ParameterizedTest // L11
	@ValueSource(strings = { "/shop/a", "/shop/..", "/shop/%2e%2e", "/shop/.", "/shop/%2e", "/shop/..;x", "/shop/",
			"/shop/..%2f", "/shop//.." })
	void variableOfDotsIsNoWayAroundTheRule(String tenant) throws IOException {
		long before = rate("shop").stats().granted();
		assertThat(rawStatus(tenant + "/items") >= 400 || rate("shop").stats().granted() > before).isTrue();
	}

	private int rawStatus(String path) throws IOException {
		try (Socket socket = connect()) {
			write(socket, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
			return Integer.parseInt(answer.split(" ")[1]);
		}
	}

	final Socket connect() throws IOException {
		return new Socket("localhost",
				Integer.parseInt(this.server.context().getEnvironment().getRequiredProperty("local.server.port")));
	}

	static void write(Socket socket, String text) throws IOException {
		OutputStream out = socket.getOutputStream();
		out.write(text.getBytes(StandardCharsets.ISO_8859_1));
		out.flush();
	}

	@Test
	void planComesFromTheRequest() {
		assertThat(status("/tiers/a", "X-Api-Key", "g", "X-Plan", "gold")).isEqualTo(200);
		assertThat(status("/tiers/a", "X-Api-Key", "g", "X-Plan", "gold")).isEqualTo(200);
		assertThat(status("/tiers/a", "X-Api-Key", "g", "X-Plan", "gold")).isEqualTo(200);
		HttpResponse<String> refused = this.server.get("/tiers/a", "X-Api-Key", "g", "X-Plan", "gold");
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(header(refused, "RateLimit-Policy")).isEqualTo("\"customers\";q=3;w=3600");
		assertThat(status("/tiers/a", "X-Api-Key", "other", "X-Plan", "nonsense")).isEqualTo(200);
		assertThat(status("/tiers/a", "X-Api-Key", "other", "X-Plan", "nonsense")).isEqualTo(429);
	}

	@Test // O1
	void shadowModeRefusesNobodyAndTellsNobody() {
		HttpResponse<String> second = null;
		for (int i = 0; i < 3; i++) {
			second = this.server.get("/shadow/a");
			assertThat(second.statusCode()).isEqualTo(200);
		}
		assertThat(header(second, "RateLimit-Policy")).isEmpty();
		assertThat(rate("shadow").stats().wouldRefuse()).isEqualTo(2);
	}

	@Test // R3
	void allRulesHoldAndARefusedRequestHasTakenNothing() {
		assertThat(status("/both/narrow")).isEqualTo(200);
		HttpResponse<String> refused = this.server.get("/both/narrow");
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(refused.body()).contains("\"violated-policies\":[\"narrow\"]");
		assertThat(header(refused, "RateLimit-Policy"))
			.isEqualTo("\"narrow\";q=1;w=3600, \"narrow\";q=5;qu=\"concurrent-requests\", \"wide\";q=3;w=3600");
		assertThat(rate("wide").available()).isEqualTo(2);
		assertThat(status("/both/a")).isEqualTo(200);
		assertThat(status("/both/a")).isEqualTo(200);
		assertThat(status("/both/a")).isEqualTo(429);
	}

	@Test // R1, P1
	void requestIsUnderWayUntilItsResponseIsDone() throws Exception {
		for (String path : List.of("/busy/hold", "/busy/async", "/busy/stream")) {
			gate().close();
			Future<Integer> first = this.clients.submit(() -> status(path));
			await().until(() -> gate().waiting() == 1);
			assertThat(bulkhead("busy").inUse()).as(path).isOne();
			HttpResponse<String> refused = this.server.get("/busy/quick");
			assertThat(refused.statusCode()).isEqualTo(503);
			assertThat(refused.body())
				.startsWith("{\"type\":\"https://iana.org/assignments/http-problem-types#temporary-reduced-capacity\"");
			assertThat(header(refused, "RateLimit-Policy")).isEqualTo("\"busy\";q=1;qu=\"concurrent-requests\"");
			assertThat(header(refused, "RateLimit")).isEqualTo("\"busy\";r=0");
			assertThat(header(refused, "Retry-After")).isNotEmpty();
			gate().open();
			assertThat(first.get()).isEqualTo(200);
			await().until(() -> bulkhead("busy").inUse() == 0);
		}
	}

	@ParameterizedTest // R1, P2
	@ValueSource(strings = { "/busy/fail", "/busy/async-fail", "/busy/status", "/busy/none" })
	void requestThatFailsGivesItsPermitBack(String path) {
		assertThat(status(path)).isGreaterThanOrEqualTo(400);
		await().until(() -> bulkhead("busy").inUse() == 0);
	}

	@ParameterizedTest // L09
	@ValueSource(strings = { "/busy/hold", "/busy/async", "/busy/stream" })
	void requestThatItsClientAbortsGivesItsPermitBack(String path) throws Exception {
		gate().close();
		try (Socket socket = connect()) {
			write(socket, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
			await().until(() -> gate().waiting() == 1);
			assertThat(bulkhead("busy").inUse()).isOne();
			socket.setSoLinger(true, 0);
		}
		gate().open();
		await().until(() -> bulkhead("busy").inUse() == 0);
	}

	@Test // L09
	void requestThatItsClientAbortsInItsBodyGivesItsPermitBack() throws Exception {
		try (Socket socket = connect()) {
			write(socket, "GET /busy/endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
			InputStream in = socket.getInputStream();
			assertThat(in.readNBytes(100_000)).hasSize(100_000);
			assertThat(bulkhead("busy").inUse()).isOne();
			socket.setSoLinger(true, 0);
		}
		await().until(() -> bulkhead("busy").inUse() == 0);
	}

	@Test // P4
	void requestThatMayWaitIsLetInWhenItIsItsTurn() throws Exception {
		gate().close();
		Future<Integer> first = this.clients.submit(() -> status("/waiting/hold"));
		await().until(() -> gate().waiting() == 1);
		Future<Integer> second = this.clients.submit(() -> status("/waiting/hold"));
		await().until(() -> bulkhead("waiting").waiting() == 1);
		assertThat(gate().waiting()).isOne();
		gate().open();
		assertThat(first.get()).isEqualTo(200);
		assertThat(second.get()).isEqualTo(200);
	}

	@Test // L08
	void onlyAResponseThatCostsTakesAToken() throws Exception {
		RateLimiter login = rate("login");
		assertThat(all(400, () -> this.server.post("/login", "right").statusCode())).containsOnly(200);
		assertThat(login.keys(5).known()).isZero();
		List<Integer> wrong = all(60, () -> this.server.post("/login", "wrong").statusCode());
		assertThat(wrong).containsOnly(401, 429).filteredOn((status) -> status == 401).hasSize(5);
		HttpResponse<String> refused = this.server.post("/login", "right");
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(header(refused, "RateLimit-Policy")).isEqualTo("\"login\";q=5;w=3600");
		login.forKey("127.0.0.1").refund(5);
		assertThat(all(20, () -> this.server.post("/login", "throws").statusCode())).containsOnly(401, 429)
			.filteredOn((status) -> status == 401)
			.hasSize(5);
		login.forKey("127.0.0.1").refund(5);
		assertThat(status("/login")).isEqualTo(200);
	}

	@Test // R2
	void preflightOfCorsIsNotLimited() {
		assertThat(status("/busy/quick")).isEqualTo(200);
		for (int i = 0; i < 5; i++) {
			this.server.manage("OPTIONS", "/plain/a", "", "Origin", "https://a.example",
					"Access-Control-Request-Method", "GET");
		}
		assertThat(rate("plain").stats().granted() + rate("plain").stats().refusedTotal()).isLessThanOrEqualTo(3);
	}

	/** Where handlers wait. */
	static final class Gate {

		private volatile CompletableFuture<Void> open = CompletableFuture.completedFuture(null);

		private final AtomicInteger waiting = new AtomicInteger();

		private final AtomicInteger handled = new AtomicInteger();

		void close() {
			this.waiting.set(0);
			this.open = new CompletableFuture<>();
		}

		void open() {
			this.open.complete(null);
		}

		int waiting() {
			return this.waiting.get();
		}

		void handle() {
			this.handled.incrementAndGet();
		}

		int handled() {
			return this.handled.get();
		}

		CompletableFuture<Void> arrive() {
			this.handled.incrementAndGet();
			this.waiting.incrementAndGet();
			return this.open.orTimeout(Duration.ofMinutes(1).toSeconds(), TimeUnit.SECONDS);
		}

	}

}
