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
		List<String> command = new ArrayList<>(List.of("-Xmx4g", Result.class.getPackageName() + "." + program));
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
