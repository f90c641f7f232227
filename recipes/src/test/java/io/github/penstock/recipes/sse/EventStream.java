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

package io.github.penstock.recipes.sse;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A client that reads what it is sent, and goes away when it is closed.
 */
public final class EventStream implements AutoCloseable {

	private final Socket socket;

	private final String status;

	public EventStream(int port, String user) throws IOException {
		this.socket = new Socket("localhost", port);
		this.socket.setSoTimeout(20_000);
		String request = "GET /prices HTTP/1.1\r\nHost: localhost\r\nX-User: " + user
				+ "\r\nAccept: text/event-stream\r\n\r\n";
		this.socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
		this.status = line();
	}

	/** The status of the response. */
	public int status() {
		return Integer.parseInt(this.status.split(" ")[1]);
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		InputStream in = this.socket.getInputStream();
		for (int c = in.read(); c != '\n' && c != -1; c = in.read()) {
			line.append((char) c);
		}
		return line.toString();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
