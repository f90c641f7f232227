package io.github.penstock;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Limiters whose calls are cut off by the end of the stack have all their permits
 * afterwards, nobody in line, and no class that cannot be used any more (P3).
 */
@Timeout(120)
class StackOverflowTests {

	@ParameterizedTest
	@ValueSource(strings = { "no-line", "line", "full", "tokens", "keys", "keys-line" })
	void callsThatAreCutOffLeaveNothingBehind(String scenario) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xint", "-XX:+UseSerialGC", "-XX:MaxJavaStackTraceDepth=16", "-cp",
				System.getProperty("java.class.path"), CutOffCalls.class.getName(), scenario)
			.redirectErrorStream(true)
			.start();
		try {
			String output = new String(process.getInputStream().readAllBytes());
			assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
			assertThat(output).contains(scenario + " held");
			assertThat(process.exitValue()).isZero();
		}
		finally {
			process.destroyForcibly();
		}
	}

}
