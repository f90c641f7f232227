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

package io.github.penstock.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Redis of its own process, which ends with the JVM at the latest.
 */
final class RedisServer implements AutoCloseable {

	private static final String REDIS_7 = "redis-server-7.0.15-linux-amd64";

	private static final String REDIS_6 = "redis-server-6.2.6-v5-linux-amd64";

	private static final int PATIENCE_SECONDS = 20;

	private static RedisServer shared;

	private static RedisServer sharedOld;

	private final Path program;

	private final List<String> options;

	private final Map<String, String> environment;

	private final int port;

	private Process process;

	private volatile boolean suspended;

	private RedisServer(Path program, int port, String... options) {
		this(program, port, Map.of(), options);
	}

	private RedisServer(Path program, int port, Map<String, String> environment, String... options) {
		this.program = program;
		this.port = port;
		this.environment = environment;
		this.options = List.of(options);
		restart();
	}

	/** The one of all tests of a JVM, which have a namespace each. */
	static synchronized RedisServer shared() {
		if (shared == null) {
			shared = start();
		}
		return shared;
	}

	/** The oldest one that is supported. */
	static synchronized RedisServer sharedOld() {
		if (sharedOld == null) {
			sharedOld = new RedisServer(extract(REDIS_6), freePort());
		}
		return sharedOld;
	}

	static RedisServer start(String... options) {
		return new RedisServer(extract(REDIS_7), freePort(), options);
	}

	static RedisServer startAt(int port) {
		return new RedisServer(extract(REDIS_7), port);
	}

	/**
	 * One that goes by a clock which can be set; the old one, for it is linked to
	 * libraries.
	 */
	static RedisServer startBy(MovableClock clock) {
		return new RedisServer(extract(REDIS_6), freePort(), clock.environment());
	}

	/** One that speaks TLS only. */
	static RedisServer startTls(TlsIdentity identity) {
		int port = freePort();
		return new RedisServer(extract(REDIS_7), port, "--port", "0", "--tls-port", String.valueOf(port),
				"--tls-cert-file", identity.certificate().toString(), "--tls-key-file", identity.key().toString(),
				"--tls-auth-clients", "no");
	}

	/** A sentinel, which keeps what it knows in a file. */
	static RedisServer startSentinel(Path file, int master) {
		try {
			Files.writeString(file, """
					sentinel monitor main 127.0.0.1 %d 2
					sentinel down-after-milliseconds main 2000
					sentinel failover-timeout main 3000
					""".formatted(master));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new RedisServer(extract(REDIS_7), freePort(), "--sentinel", file.toString());
	}

	private static synchronized Path extract(String name) {
		try (InputStream resource = RedisServer.class.getResourceAsStream("/" + name)) {
			Path file = Files.createTempFile("redis-server", "");
			file.toFile().deleteOnExit();
			Files.write(file, resource.readAllBytes());
			if (!file.toFile().setExecutable(true)) {
				throw new IllegalStateException(file + " cannot be made executable");
			}
			return file;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	int port() {
		return this.port;
	}

	/** Start the process, anew or for the first time, with nothing in it. */
	void restart() {
		try {
			List<String> command = new ArrayList<>(List.of(this.program.toString()));
			if (this.options.contains("--sentinel")) {
				command.addAll(List.of(this.options.get(1), "--sentinel", "--port", String.valueOf(this.port), "--bind",
						"127.0.0.1"));
			}
			else {
				// A replica writes what it copies, and any server reads what it finds
				// there.
				command.addAll(List.of("--port", String.valueOf(this.port), "--bind", "127.0.0.1", "--dir",
						newDirectory(), "--save", "", "--repl-diskless-sync-delay", "0", "--appendonly", "no"));
				command.addAll(this.options);
			}
			ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD);
			builder.environment().putAll(this.environment);
			Process started = builder.start();
			Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
			this.process = started;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		awaitPort();
	}

	private static String newDirectory() throws IOException {
		Path directory = Files.createTempDirectory("redis");
		directory.toFile().deleteOnExit();
		return directory.toString();
	}

	private void awaitPort() {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
		while (this.process.isAlive() && System.nanoTime() - deadline < 0) {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), 1_000);
				return;
			}
			catch (IOException ex) {
				Thread.onSpinWait();
			}
		}
		throw new IllegalStateException("Redis does not listen on port " + this.port);
	}

	/** Whether it is neither dead nor suspended. */
	boolean isRunning() {
		return this.process.isAlive() && !this.suspended;
	}

	/** End the process without a word to its clients. */
	void kill() {
		Signals.kill(this.process);
	}

	/** Have the process do nothing, while the system goes on to take connections. */
	void suspend() {
		Signals.suspend(this.process);
		this.suspended = true;
	}

	void resume() {
		Signals.resume(this.process);
		this.suspended = false;
	}

	@Override
	public void close() {
		kill();
	}

}
