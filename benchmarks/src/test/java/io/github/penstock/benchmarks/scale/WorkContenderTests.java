package io.github.penstock.benchmarks.scale;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WorkContender}: each does what is measured.
 */
@EnabledForJreRange(min = JRE.JAVA_24)
class WorkContenderTests {

	@ParameterizedTest
	@EnumSource
	void contenderProcessesAllInOrder(WorkContender contender) throws Exception {
		List<Integer> items = IntStream.range(0, 1000).boxed().toList();
		List<Integer> expected = items.stream().map((item) -> item + 1).toList();
		assertThat(contender.process(items, 10, (item) -> item + 1)).isEqualTo(expected);
	}

}
