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

package io.github.penstock.recipes.upload;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.recipes.Caller;
import io.github.penstock.test.LimiterAssertions;
import io.github.penstock.test.ResetLimiters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the recipe of uploads.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.config.name=upload")
@ResetLimiters
class UploadRecipeTests {

	private static final int MEGABYTE = 1024 * 1024;

	private final List<Permit> taken = new ArrayList<>();

	@Autowired
	private LimiterRegistry limiters;

	@LocalServerPort
	private int port;

	@AfterEach
	void giveBack() {
		this.taken.forEach(Permit::close);
		await().untilAsserted(() -> LimiterAssertions.assertThat(this.limiters.concurrencyLimiter("uploads")).isIdle());
	}

	@Test
	void fileIsTakenAndPaidForByItsSize() {
		RateLimiter kilobytes = this.limiters.rateLimiter("upload-kilobytes");
		long before = kilobytes.stats().tokens();
		assertThat(put("ann", 3000).body()).isEqualTo("3000");
		assertThat(kilobytes.stats().tokens()).isEqualTo(before + 3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PUT /files/a HTTP/1.1\r\nContent-Type: text/plain\r\n",
			"POST /files HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=part\r\n" })
	void uploadBeyondTheLimitIsRefusedBeforeItsBodyIsSent(String request) throws IOException {
		takeAll();
		try (Connection connection = new Connection()) {
			connection
				.send(request + "Host: localhost\r\nX-User: ben\r\nContent-Length: " + 50 * MEGABYTE + "\r\n\r\n");
			assertThat(connection.status()).isEqualTo(503);
		}
	}

	@Test
	void uploadBeyondTheBudgetOfItsUserIsRefusedBeforeItsBodyIsSent() throws IOException {
		try (Connection connection = new Connection()) {
			connection.send("PUT /files/a HTTP/1.1\r\nHost: localhost\r\nX-User: cleo\r\nContent-Length: "
					+ 200 * MEGABYTE + "\r\n\r\n");
			assertThat(connection.status()).isEqualTo(429);
		}
		assertThat(put("cleo", 1000).statusCode()).isEqualTo(200);
	}

	@Test
	void clientThatAsksFirstHearsNoInPlaceOfContinue() throws IOException {
		String request = "PUT /files/a HTTP/1.1\r\nHost: localhost\r\nX-User: dan\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
		try (Connection connection = new Connection()) {
			connection.send(request);
			assertThat(connection.status()).isEqualTo(100);
			connection.send("Hello");
			assertThat(connection.status()).isEqualTo(200);
		}
		takeAll();
		try (Connection connection = new Connection()) {
			connection.send(request);
			assertThat(connection.status()).isEqualTo(503);
			assertThat(connection.isClosed()).isTrue();
		}
	}

	@Test
	void bodyOfRefusedRequestIsReadUpToTheSwallowSizeOnly() throws IOException {
		takeAll();
		try (Connection connection = new Connection()) {
			connection.send("PUT /files/a HTTP/1.1\r\nHost: localhost\r\nX-User: fay\r\nContent-Length: "
					+ 200 * MEGABYTE + "\r\n\r\n");
			assertThat(connection.status()).isEqualTo(503);
			connection.send("x".repeat(MEGABYTE));
			assertThatIOException().isThrownBy(() -> {
				for (int i = 1; i < 200; i++) {
					connection.send("x".repeat(MEGABYTE));
				}
			});
		}
	}

	@Test
	void uploadThatDoesNotSayItsLengthIsABadRequest() throws IOException {
		try (Connection connection = new Connection()) {
			connection
				.send("PUT /files/a HTTP/1.1\r\nHost: localhost\r\nX-User: eve\r\nTransfer-Encoding: chunked\r\n\r\n"
						+ "5\r\nHello\r\n0\r\n\r\n");
			assertThat(connection.status()).isEqualTo(400);
		}
	}

	private HttpResponse<String> put(String user, int length) {
		return new Caller(this.port).send("PUT", "/files/a", "x".repeat(length), "X-User", user);
	}

	private void takeAll() {
		ConcurrencyLimiter uploads = this.limiters.concurrencyLimiter("uploads");
		for (int i = 0; i < uploads.max(); i++) {
			this.taken.add(Objects.requireNonNull(uploads.tryAcquire()));
		}
	}

	/** A client that sends no more than it is told to. */
	private final class Connection implements AutoCloseable {

		private final Socket socket = new Socket("localhost", UploadRecipeTests.this.port);

		Connection() throws IOException {
			this.socket.setSoTimeout(20_000);
		}

		void send(String text) throws IOException {
			this.socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
		}

		/** Read a response up to the end of its headers. */
		int status() throws IOException {
			StringBuilder head = new StringBuilder();
			InputStream in = this.socket.getInputStream();
			while (head.indexOf("\r\n\r\n") < 0) {
				int c = in.read();
				assertThat(c).as("end of " + head).isNotEqualTo(-1);
				head.append((char) c);
			}
			return Integer.parseInt(head.substring(9, 12));
		}

		/** Whether nothing but the rest of the response comes. */
		boolean isClosed() throws IOException {
			this.socket.getInputStream().readAllBytes();
			return true;
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
