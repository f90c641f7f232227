package io.github.penstock.naming;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NearestName}.
 */
class NearestNameTests {

	@ParameterizedTest
	@CsvSource({ "max-wating,max-waiting", "maxWaiting,max-waiting", "MAX,max", "tiemout,timeout", "mxa,max",
			"mx,max" })
	void ofWhenSomethingIsNearReturnsIt(String written, String meant) {
		assertThat(NearestName.of(written, List.of("max", "timeout", "max-waiting"))).isEqualTo(meant);
	}

	@ParameterizedTest
	@CsvSource({ "rps", "concurrency", "limit", "x" })
	void ofWhenNothingIsNearReturnsNull(String written) {
		assertThat(NearestName.of(written, List.of("max", "timeout", "max-waiting"))).isNull();
	}

	@Test
	void ofWhenThereIsNothingReturnsNull() {
		assertThat(NearestName.of("max", List.of())).isNull();
	}

}
