package io.github.penstock.benchmarks.scale;

import java.util.Map;
import java.util.TreeMap;

import org.springframework.boot.json.JsonWriter;

/**
 * Prints what a program has found.
 */
public final class Result {

	/** What the line begins with. */
	public static final String PREFIX = "RESULT ";

	private Result() {
	}

	static void print(Map<String, Object> values) {
		System.out.println(PREFIX + JsonWriter.standard().writeToString(new TreeMap<>(values)));
	}

}
