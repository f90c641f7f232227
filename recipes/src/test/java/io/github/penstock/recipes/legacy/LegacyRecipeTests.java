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

package io.github.penstock.recipes.legacy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import com.sun.net.httpserver.HttpServer;
import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.test.LimiterAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the recipe of one limit before a system that is called in several ways.
 */
@Tag("soak")
class LegacyRecipeTests {

	private static final Duration SOON = Duration.ofSeconds(60);

	private final CountDownLatch answers = new CountDownLatch(1);

	private final ExecutorService callers = Executors.newCachedThreadPool();

	private HttpServer server;

	private ConfigurableApplicationContext context;

	private ConcurrencyLimiter limit;

	private Erp erp;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/prices", (exchange) -> {
			if (exchange.getRequestURI().getPath().endsWith("slow")) {
				awaitAnswers();
			}
			exchange.sendResponseHeaders(200, 2);
			exchange.getResponseBody().write("42".getBytes());
			exchange.close();
		});
		this.server.setExecutor(this.callers);
		this.server.start();
		this.context = new SpringApplicationBuilder(LegacyApplication.class).web(WebApplicationType.NONE)
			.properties("spring.config.name=legacy")
			.run("--erp.url=http://localhost:" + this.server.getAddress().getPort(),
					"--penstock.bulkheads.erp.timeout=0");
		this.limit = this.context.getBean(LimiterRegistry.class).concurrencyLimiter("erp");
		this.erp = this.context.getBean(Erp.class);
		JdbcClient database = this.context.getBean(JdbcClient.class);
		database.sql("create table if not exists stock (sku varchar(20))").update();
		database.sql("insert into stock values ('bolt')").update();
		LimiterAssertions.assertThat(this.limit).isIdle();
	}

	@AfterEach
	void stop() {
		this.answers.countDown();
		this.context.close();
		this.server.stop(0);
		this.callers.shutdown();
	}

	@Test
	void callsOfEachWayCountTogether() throws Exception {
		CompletableFuture<String> price = call(() -> this.erp.price("slow"));
		CompletableFuture<String> soap = call(() -> this.erp.soap(() -> {
			awaitAnswers();
			return "done";
		}));
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasInUse(2));
		try (Connection connection = this.context.getBean(DataSource.class).getConnection()) {
			assertThat(connection.isValid(0)).isTrue();
			LimiterAssertions.assertThat(this.limit).hasInUse(3);
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.erp.price("bolt"));
			assertThatExceptionOfType(CannotGetJdbcConnectionException.class).isThrownBy(() -> this.erp.stock("bolt"))
				.withRootCauseInstanceOf(BulkheadFullException.class);
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.erp.soap(() -> "never"));
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.erp.offer("bolt"));
		}
		assertThat(this.erp.offer("bolt")).isEqualTo("42");
		this.answers.countDown();
		assertThat(price.get()).isEqualTo("42");
		assertThat(soap.get()).isEqualTo("done");
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).isIdle());
	}

	@Test
	void callWithinCallSharesItsPermit() throws Exception {
		this.limit.change((spec) -> spec.withMax(1));
		long before = this.limit.stats().granted();
		assertThat(this.erp.offer("bolt")).isEqualTo("42");
		LimiterAssertions.assertThat(this.limit).hasGranted(before + 1);
		assertThat(this.erp.soap(() -> this.erp.price("bolt"))).isEqualTo("42");
	}

	@Test
	void callWhoseConnectionIsOpenTakesAnotherPermitForEachRequest() throws SQLException {
		this.limit.change((spec) -> spec.withMax(1));
		try (Connection connection = this.context.getBean(DataSource.class).getConnection()) {
			assertThat(connection.isClosed()).isFalse();
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.erp.price("bolt"));
		}
	}

	@Test
	void permitOfCodeIsNotThatOfItsThread() throws InterruptedException {
		this.limit.change((spec) -> spec.withMax(1));
		try (Permit permit = this.limit.acquire()) {
			assertThat(permit.isValid()).isTrue();
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.erp.price("bolt"));
		}
	}

	private <T> CompletableFuture<T> call(Callable<T> call) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return call.call();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}, this.callers);
	}

	private void awaitAnswers() {
		try {
			assertThat(this.answers.await(60, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
