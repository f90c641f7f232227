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

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplicationAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The shop as it is when its beans are defined by generated code, in a JVM of its own.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class AheadOfTimeTests {

	private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

	@TempDir
	private Path directory;

	@Test
	void shopThatWasProcessedLimitsAsEver() throws Exception {
		List<String> output = List.of("sources", "resources", "classes");
		List<String> arguments = new ArrayList<>(
				List.of(SpringApplicationAotProcessor.class.getName(), SampleApplication.class.getName()));
		output.forEach((kind) -> arguments.add(this.directory.resolve(kind).toString()));
		Process processing = java(classPath(),
				Stream.concat(arguments.stream(), Stream.of("io.github.penstock", "sample")));
		String log = new String(processing.getInputStream().readAllBytes());
		assertThat(processing.waitFor()).as(log).isZero();
		compile();
		Process shop = java(
				output.stream()
					.map((kind) -> this.directory.resolve(kind).toString())
					.collect(Collectors.joining(File.pathSeparator)) + File.pathSeparator + classPath(),
				Stream.of("-Dspring.aot.enabled=true", SampleApplication.class.getName(), "--server.port=0"));
		try {
			Shop client = new Shop(port(shop));
			List<Integer> answers = IntStream.range(0, 7)
				.mapToObj((i) -> client.get("/items/bolt-m8/price").statusCode())
				.toList();
			assertThat(answers).startsWith(200, 200, 200, 200, 200, 200).endsWith(429);
			assertThat(client.get("/actuator/limiters/bulkhead/inventory").body()).contains("\"limit\":8");
			assertThat(client.get("/actuator/penstock").body()).contains("<script");
		}
		finally {
			shop.destroy();
		}
	}

	private void compile() throws IOException {
		List<String> arguments = new ArrayList<>(
				List.of("-nowarn", "-proc:none", "-d", this.directory.resolve("classes").toString(), "-cp",
						this.directory.resolve("classes") + File.pathSeparator + classPath()));
		try (Stream<Path> files = Files.walk(this.directory.resolve("sources"))) {
			files.map(Path::toString).filter((file) -> file.endsWith(".java")).forEach(arguments::add);
		}
		assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
			.isZero();
	}

	/** Without the tests, whose beans are not the shop's. */
	private static String classPath() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.endsWith("test-classes"))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private static Process java(String classPath, Stream<String> arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java",
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath));
		arguments.forEach(command::add);
		return new ProcessBuilder(command).redirectErrorStream(true).start();
	}

	private static int port(Process shop) throws IOException {
		BufferedReader output = shop.inputReader();
		StringBuilder log = new StringBuilder();
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			Matcher started = STARTED.matcher(line);
			if (started.find()) {
				return Integer.parseInt(started.group(1));
			}
			log.append(line).append('\n');
		}
		throw new IllegalStateException("The shop did not start:\n" + log);
	}

}
