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
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A server on the loopback interface that counts what it is asked.
 */
final class Remote implements AutoCloseable {

	private static final byte[] HALF = "half".getBytes(StandardCharsets.UTF_8);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Queue<Map<String, String>> refusals = new ConcurrentLinkedQueue<>();

	private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

	private final AtomicInteger inFlight = new AtomicInteger();

	private final AtomicInteger mostInFlight = new AtomicInteger();

	private final Semaphore rest = new Semaphore(0);

	private final HttpServer server;

	Remote() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	String url(String path) {
		return "http://localhost:" + port() + path;
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	List<String> requests() {
		return List.copyOf(this.requests);
	}

	int mostInFlight() {
		return this.mostInFlight.get();
	}

	/** Answer the next request with this status and these headers. */
	void refuseNext(int status, String... headers) {
		Map<String, String> refusal = new java.util.LinkedHashMap<>();
		refusal.put(":status", String.valueOf(status));
		for (int i = 0; i < headers.length; i += 2) {
			refusal.put(headers[i], headers[i + 1]);
		}
		this.refusals.add(refusal);
	}

	/** Let so many of the slow bodies come to their end. */
	void sendRest(int bodies) {
		this.rest.release(bodies);
	}

	private void handle(HttpExchange exchange) throws IOException {
		this.requests.add(exchange.getRequestURI().getPath());
		this.mostInFlight.accumulateAndGet(this.inFlight.incrementAndGet(), Math::max);
		try {
			answer(exchange);
		}
		finally {
			this.inFlight.decrementAndGet();
			exchange.close();
		}
	}

	private void answer(HttpExchange exchange) throws IOException {
		Map<String, String> refusal = this.refusals.poll();
		if (refusal != null) {
			refusal.forEach((name, value) -> {
				if (!name.startsWith(":")) {
					exchange.getResponseHeaders().add(name, value);
				}
			});
			exchange.sendResponseHeaders(Integer.parseInt(refusal.get(":status")), -1);
			return;
		}
		switch (exchange.getRequestURI().getPath()) {
			case "/slow" -> sendInTwoHalves(exchange);
			case "/cut" -> sendHalf(exchange);
			case "/large" -> send(exchange, new byte[1 << 20]);
			case "/empty" -> exchange.sendResponseHeaders(204, -1);
			case "/moved" -> {
				exchange.getResponseHeaders().add("Location", url("/ok"));
				exchange.sendResponseHeaders(302, -1);
			}
			default -> send(exchange, "fine".getBytes(StandardCharsets.UTF_8));
		}
	}

	private static void send(HttpExchange exchange, byte[] body) throws IOException {
		exchange.getResponseHeaders().add("Content-Type", "text/plain");
		exchange.sendResponseHeaders(200, body.length);
		exchange.getResponseBody().write(body);
	}

	private void sendInTwoHalves(HttpExchange exchange) throws IOException {
		OutputStream body = beginBody(exchange);
		try {
			this.rest.tryAcquire(60, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		body.write(HALF);
	}

	private static void sendHalf(HttpExchange exchange) throws IOException {
		beginBody(exchange).flush();
		throw new IOException("Cut");
	}

	private static OutputStream beginBody(HttpExchange exchange) throws IOException {
		exchange.getResponseHeaders().add("Content-Type", "text/plain");
		exchange.sendResponseHeaders(200, 2 * HALF.length);
		OutputStream body = exchange.getResponseBody();
		body.write(HALF);
		body.flush();
		return body;
	}

	@Override
	public void close() {
		this.rest.release(1000);
		this.server.stop(0);
		this.threads.shutdownNow();
	}

}
