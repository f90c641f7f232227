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

package io.github.penstock.benchmarks.report;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.penstock.benchmarks.scale.Result;

import org.springframework.boot.json.JsonParserFactory;

/**
 * Runs programs in JVMs of their own, one after the other.
 */
final class Programs {

	private Programs() {
	}

	/** Run a program of the package {@code scale} and return what it has found. */
	static Map<String, Object> run(String program, Object... arguments) throws IOException, InterruptedException {
		return runClass(Result.class.getPackageName() + "." + program, arguments);
	}

	/** The same of a program of another package. */
	static Map<String, Object> run(Class<?> program, Object... arguments) throws IOException, InterruptedException {
		return runClass(program.getName(), arguments);
	}

	private static Map<String, Object> runClass(String program, Object... arguments)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("-Xmx4g", program));
		for (Object argument : arguments) {
			command.add(String.valueOf(argument));
		}
		String output = java(System.getProperty("java.class.path"), command);
		String result = output.lines()
			.filter((line) -> line.startsWith(Result.PREFIX))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException(command + " has no result: " + output));
		return JsonParserFactory.getJsonParser().parseMap(result.substring(Result.PREFIX.length()));
	}

	/** Run Java and return what it prints. */
	static String java(String classPath, List<String> arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-cp", classPath));
		command.addAll(arguments);
		Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (process.waitFor() != 0) {
			throw new IllegalStateException(arguments + " failed: " + output);
		}
		return output;
	}

}
