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

package io.github.penstock.benchmarks.shared;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A Redis that is not replicated and writes nothing to disk, in a process of its own.
 */
public final class RedisServer implements AutoCloseable {

	private static final String PROGRAM = "/redis-server-7.0.15-linux-amd64";

	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

	private final Path directory;

	private final Process process;

	private final int port;

	private RedisServer(Path directory, Process process, int port) {
		this.directory = directory;
		this.process = process;
		this.port = port;
	}

	/**
	 * Start one, which ends with this JVM at the latest.
	 * @return the server, which takes connections
	 * @throws IOException if it does not start
	 */
	public static RedisServer start() throws IOException {
		Path directory = Files.createTempDirectory("redis");
		Path program = directory.resolve("redis-server");
		try (InputStream resource = Objects.requireNonNull(RedisServer.class.getResourceAsStream(PROGRAM))) {
			Files.copy(resource, program);
		}
		if (!program.toFile().setExecutable(true)) {
			throw new IOException(program + " cannot be made executable");
		}
		int port = freePort();
		Process process = new ProcessBuilder(program.toString(), "--port", String.valueOf(port), "--bind", "127.0.0.1",
				"--dir", directory.toString(), "--save", "", "--appendonly", "no")
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		RedisServer server = new RedisServer(directory, process, port);
		server.awaitPort();
		return server;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private void awaitPort() throws IOException {
		long start = System.nanoTime();
		while (true) {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), 1000);
				return;
			}
			catch (IOException ex) {
				if (!this.process.isAlive() || System.nanoTime() - start > PATIENCE_NANOS) {
					close();
					throw new IOException("Redis does not listen on port " + this.port, ex);
				}
				Thread.onSpinWait();
			}
		}
	}

	/**
	 * Return where it is.
	 * @return its port on the loopback interface
	 */
	public int port() {
		return this.port;
	}

	@Override
	public void close() throws IOException {
		this.process.destroyForcibly().onExit().join();
		Files.deleteIfExists(this.directory.resolve("redis-server"));
		Files.deleteIfExists(this.directory);
	}

}
