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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.penstock.redis.Instance.Event;
import org.awaitility.Awaitility;

/**
 * An {@link Instance} in a JVM of its own, seen from outside.
 */
final class InstanceProcess implements AutoCloseable {

	/** Who has not answered by then hangs. */
	private static final int PATIENCE_SECONDS = 90;

	private final Queue<Event> events = new ConcurrentLinkedQueue<>();

	private final BlockingQueue<Event> answers = new LinkedBlockingQueue<>();

	/** What it has logged, to be read when something fails. */
	private final Queue<String> log = new ConcurrentLinkedQueue<>();

	private final Process process;

	private final Thread reader;

	private final Writer commands;

	private InstanceProcess(Process process) {
		this.process = process;
		this.commands = process.outputWriter(StandardCharsets.US_ASCII);
		this.reader = new Thread(this::read, "instance-" + process.pid());
		this.reader.setDaemon(true);
		this.reader.start();
	}

	/** Start one, which is not up at once. */
	static InstanceProcess start(InstanceSetup setup) {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-Xmx96m", Instance.class.getName()));
		command.addAll(setup.arguments());
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
		try {
			Process started = builder.start();
			Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
			return new InstanceProcess(started);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void read() {
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				if (line.startsWith(Instance.MARK)) {
					Event event = Event.of(line.substring(Instance.MARK.length()));
					(event.isNews() ? this.events : this.answers).add(event);
				}
				else {
					this.log.add(line);
				}
			}
		}
		catch (IOException ex) {
			this.log.add(ex.toString());
		}
	}

	/** Have it do something, and wait until that is done. */
	long ask(String command, int number) {
		tell(command, number);
		return answer();
	}

	long ask(String command) {
		return ask(command, 0);
	}

	/** Have it do something; {@link #answer} tells when that is done. */
	void tell(String command, int number) {
		try {
			this.commands.write(command + " " + number + "\n");
			this.commands.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(toString(), ex);
		}
	}

	long answer() {
		try {
			Event answer = this.answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
			if (answer == null) {
				throw new IllegalStateException("No answer of " + this);
			}
			return answer.number();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	void awaitUp() {
		Awaitility.await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS).until(() -> ask("up") == 1);
	}

	List<Event> events(String kind) {
		return this.events.stream().filter((event) -> event.kind().equals(kind)).toList();
	}

	List<Event> events() {
		return List.copyOf(this.events);
	}

	void forgetEvents() {
		this.events.clear();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	/** End it as if the power had failed, with all that it told until then. */
	void kill() {
		Signals.kill(this.process);
		try {
			this.reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	void suspend() {
		Signals.suspend(this.process);
	}

	void resume() {
		Signals.resume(this.process);
	}

	@Override
	public void close() {
		kill();
	}

	@Override
	public String toString() {
		return "instance " + this.process.pid() + ", which has logged:\n" + String.join("\n", this.log);
	}

}
