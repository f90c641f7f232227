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

package io.github.penstock.recipes.rabbit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A RabbitMQ of its own process, as installed by Debian's package manager, which ends
 * with the JVM at the latest.
 */
final class RabbitServer implements AutoCloseable {

	private static final Path INSTALLATION = Path.of("/usr/lib/rabbitmq/lib");

	private final int port = freePort();

	private final String portOfNames = String.valueOf(freePort());

	private final Process process;

	/**
	 * Start it and wait until it takes connections.
	 * @param directory where it keeps its data and its log
	 */
	RabbitServer(Path directory) throws IOException {
		Path program = program();
		assertThat(program).as("RabbitMQ, Debian's rabbitmq-server").isNotNull();
		Path log = directory.resolve("log");
		ProcessBuilder builder = new ProcessBuilder(program.toString()).redirectErrorStream(true)
			.redirectOutput(log.toFile());
		Map<String, String> environment = builder.environment();
		environment.put("HOME", directory.toString());
		environment.put("RABBITMQ_NODENAME", "recipes-" + this.port + "@localhost");
		environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
		environment.put("RABBITMQ_NODE_PORT", String.valueOf(this.port));
		environment.put("RABBITMQ_DIST_PORT", String.valueOf(freePort()));
		environment.put("ERL_EPMD_PORT", this.portOfNames);
		environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
		environment.put("RABBITMQ_MNESIA_BASE", directory.resolve("data").toString());
		environment.put("RABBITMQ_LOGS", "-");
		for (String file : new String[] { "CONF_ENV_FILE", "CONFIG_FILE", "ENABLED_PLUGINS_FILE", "PID_FILE" }) {
			environment.put("RABBITMQ_" + file, directory.resolve(file).toString());
		}
		this.process = builder.start();
		Runtime.getRuntime().addShutdownHook(new Thread(this::close));
		await().atMost(Duration.ofSeconds(120)).ignoreExceptionsInstanceOf(IOException.class).until(() -> {
			assertThat(this.process.isAlive()).as(() -> textOf(log)).isTrue();
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), 1_000);
				return true;
			}
		});
	}

	/** Whether there is one, or has to be. */
	static boolean isThere() throws IOException {
		return Boolean.getBoolean("rabbitmq.required") || program() != null;
	}

	private static @Nullable Path program() throws IOException {
		if (Files.isDirectory(INSTALLATION)) {
			try (DirectoryStream<Path> versions = Files.newDirectoryStream(INSTALLATION, "rabbitmq_server-*")) {
				for (Path version : versions) {
					return version.resolve("sbin/rabbitmq-server");
				}
			}
		}
		return null;
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String textOf(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	int port() {
		return this.port;
	}

	@Override
	public void close() {
		this.process.descendants().forEach(ProcessHandle::destroyForcibly);
		this.process.destroyForcibly();
		try {
			// The table of names is a process that it leaves behind.
			ProcessBuilder names = new ProcessBuilder("epmd", "-kill");
			names.environment().put("ERL_EPMD_PORT", this.portOfNames);
			names.start().waitFor(10, TimeUnit.SECONDS);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
