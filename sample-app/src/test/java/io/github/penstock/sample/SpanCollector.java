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

package io.github.penstock.sample;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes spans as Zipkin does: lists of them as JSON, sent by POST.
 */
final class SpanCollector implements AutoCloseable {

	private final List<JsonNode> spans = new CopyOnWriteArrayList<>();

	private final HttpServer server;

	SpanCollector() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/api/v2/spans", this::take);
		this.server.start();
	}

	private void take(HttpExchange exchange) throws IOException {
		try (exchange) {
			boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
			InputStream body = exchange.getRequestBody();
			JsonMapper.shared()
				.readTree((zipped ? new GZIPInputStream(body) : body).readAllBytes())
				.forEach(this.spans::add);
			exchange.sendResponseHeaders(202, -1);
		}
	}

	String url() {
		return "http://localhost:" + this.server.getAddress().getPort() + "/api/v2/spans";
	}

	/** What it was sent so far. */
	List<JsonNode> spans() {
		return this.spans;
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
