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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Starts the sample twice, on the ports 8080 and 8081, and a Redis in which both have
 * their limits. Ends with all three when the process is stopped, or one of them ends.
 */
final class TwoInstances {

	/** In a jar of the Maven profiles "shared" and "soak". */
	private static final String REDIS = "/redis-server-7.0.15-linux-amd64";

	private static final String REDIS_PORT = "6399";

	private TwoInstances() {
	}

	/**
	 * Run until it is stopped.
	 * @param args options of both instances
	 * @throws IOException if a process cannot be started
	 * @throws InterruptedException if it is interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		List<Process> processes = new ArrayList<>();
		Runtime.getRuntime().addShutdownHook(new Thread(() -> processes.forEach(Process::destroy)));
		processes.add(startRedis(REDIS_PORT));
		for (String port : List.of("8080", "8081")) {
			List<String> command = new ArrayList<>(List.of(
					Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
					System.getProperty("java.class.path"), SampleApplication.class.getName(), "--server.port=" + port,
					"--spring.profiles.active=shared", "--spring.data.redis.port=" + REDIS_PORT));
			command.addAll(List.of(args));
			processes.add(start(command));
		}
		while (processes.stream().allMatch(Process::isAlive)) {
			processes.get(0).waitFor(1, TimeUnit.SECONDS);
		}
		System.exit(1);
	}

	/** Start a Redis that keeps nothing; whoever starts it ends it. */
	static Process startRedis(String port) throws IOException {
		return start(List.of(redis().toString(), "--port", port, "--save", "", "--appendonly", "no", "--bind",
				"127.0.0.1", "--loglevel", "warning"));
	}

	private static Process start(List<String> command) throws IOException {
		return new ProcessBuilder(command).inheritIO().start();
	}

	private static Path redis() throws IOException {
		Path file = Files.createTempFile("redis-server", "");
		file.toFile().deleteOnExit();
		try (InputStream server = TwoInstances.class.getResourceAsStream(REDIS)) {
			Files.copy(
					Objects.requireNonNull(server,
							"Start this with the Maven profile 'shared' (tests: 'soak'), on Linux"),
					file, StandardCopyOption.REPLACE_EXISTING);
		}
		if (!file.toFile().setExecutable(true)) {
			throw new IOException(file + " cannot be made executable");
		}
		return file;
	}

}
