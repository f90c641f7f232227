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

package io.github.penstock.http.library;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

/**
 * A server on the loopback interface that answers as a test says.
 */
final class HopServer implements AutoCloseable {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<String> paths = Collections.synchronizedList(new ArrayList<>());

	private final CountDownLatch end = new CountDownLatch(1);

	private final HttpServer server;

	HopServer() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(this.threads);
		at("/ok", (exchange) -> send(exchange, 200, "fine"));
		this.server.start();
	}

	HopServer at(String path, HttpHandler handler) {
		this.server.createContext(path, (exchange) -> {
			this.paths.add(exchange.getRequestURI().getPath());
			try (exchange) {
				handler.handle(exchange);
			}
		});
		return this;
	}

	HopServer redirect(String path, String location) {
		return at(path, (exchange) -> {
			exchange.getResponseHeaders().set("Location", location);
			send(exchange, 302, "moved");
		});
	}

	static void send(HttpExchange exchange, int status, String body) throws IOException {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", "text/plain");
		exchange.sendResponseHeaders(status, bytes.length);
		exchange.getResponseBody().write(bytes);
	}

	/** Begin with a body and never come to its end, as long as the server runs. */
	void sendAndStop(HttpExchange exchange, int status) throws IOException {
		exchange.sendResponseHeaders(status, 0);
		exchange.getResponseBody().write("begin".getBytes(StandardCharsets.UTF_8));
		exchange.getResponseBody().flush();
		await(this.end);
	}

	/** Send a body until nobody is connected any more. */
	static void sendUntilClosed(HttpExchange exchange, int status, CountDownLatch closed) throws IOException {
		exchange.sendResponseHeaders(status, 0);
		OutputStream body = exchange.getResponseBody();
		try {
			while (true) {
				body.write(new byte[8192]);
				body.flush();
			}
		}
		catch (IOException ex) {
			closed.countDown();
		}
	}

	static boolean await(CountDownLatch latch) {
		try {
			return latch.await(60, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	String url(String path) {
		return "http://localhost:" + port() + path;
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	List<String> paths() {
		return List.copyOf(this.paths);
	}

	@Override
	public void close() {
		this.end.countDown();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

}
