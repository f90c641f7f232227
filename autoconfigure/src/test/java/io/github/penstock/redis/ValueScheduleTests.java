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

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ValueSchedule}: what holds is what would hold if each change covered
 * those before it until its end.
 */
class ValueScheduleTests {

	private static final Map<String, String> CONFIGURED = Map.of("max", "2", "timeout", "PT1S");

	private static final Map<String, String> BEFORE = Map.of("max", "~", "timeout", "~");

	private static final ValueSchedule FIVE_UNTIL_TEN = ValueSchedule.CONFIGURED.changed(List.of("max"), BEFORE,
			values("5", "PT1S"), 10L);

	private static Map<String, String> values(String max, String timeout) {
		return Map.of("max", max, "timeout", timeout);
	}

	private static String max(ValueSchedule schedule, long at) {
		return ChangedValues.resolved(schedule.at(at).values(), CONFIGURED).get("max");
	}

	private static String timeout(ValueSchedule schedule, long at) {
		return ChangedValues.resolved(schedule.at(at).values(), CONFIGURED).get("timeout");
	}

	@Test
	void changeForATimeEndsWithWhatIsConfiguredThen() {
		assertThat(max(FIVE_UNTIL_TEN, 9)).isEqualTo("5");
		assertThat(FIVE_UNTIL_TEN.at(10).values()).containsEntry("max", "~");
		assertThat(FIVE_UNTIL_TEN.at(10).steps()).isEmpty();
		assertThat(FIVE_UNTIL_TEN.end("max", CONFIGURED)).isEqualTo(10);
		assertThat(FIVE_UNTIL_TEN.end("timeout", CONFIGURED)).isNull();
	}

	@Test
	void shortChangeOverALongOneBringsTheLongOneBack() {
		ValueSchedule both = FIVE_UNTIL_TEN.changed(List.of("max"), values("5", "~"), values("8", "PT1S"), 7L);
		assertThat(List.of(max(both, 6), max(both, 7), max(both, 9), max(both, 10))).containsExactly("8", "5", "5",
				"2");
		assertThat(both.end("max", CONFIGURED)).isEqualTo(10);
	}

	@Test
	void longChangeOverAShortOneBringsTheFirstValueBack() {
		ValueSchedule both = FIVE_UNTIL_TEN.changed(List.of("max"), values("5", "~"), values("8", "PT1S"), 12L);
		assertThat(List.of(max(both, 9), max(both, 10), max(both, 12))).containsExactly("8", "8", "2");
		assertThat(both.end("max", CONFIGURED)).isEqualTo(12);
	}

	@Test
	void changesOfOtherValuesStay() {
		ValueSchedule both = FIVE_UNTIL_TEN.changed(List.of("timeout"), values("5", "~"), values("5", "PT3S"), null);
		assertThat(List.of(max(both, 10), timeout(both, 10))).containsExactly("2", "PT3S");
		ValueSchedule later = FIVE_UNTIL_TEN.changed(List.of("timeout"), values("5", "~"), values("5", "PT3S"), 12L);
		assertThat(List.of(max(later, 10), timeout(later, 10), timeout(later, 12))).containsExactly("2", "PT3S",
				"PT1S");
	}

	@Test
	void changeForGoodEndsWithNothing() {
		ValueSchedule good = FIVE_UNTIL_TEN.changed(List.of("max"), values("5", "~"), values("5", "PT1S"), null);
		assertThat(max(good, 10)).isEqualTo("5");
		assertThat(good.end("max", CONFIGURED)).isNull();
	}

	@Test
	void rateIsLimitAndPeriod() {
		ValueSchedule rate = ValueSchedule.CONFIGURED.changed(List.of("rate"), Map.of("limit", "~", "per", "~"),
				Map.of("limit", "3", "per", "PT1S"), 10L);
		ValueSchedule good = rate.changed(List.of("rate"), Map.of("limit", "3", "per", "PT1S"),
				Map.of("limit", "4", "per", "PT2S"), null);
		assertThat(good.at(10).values()).containsOnly(Map.entry("limit", "4"), Map.entry("per", "PT2S"));
	}

	@Test
	void sameChangeTwiceIsOne() {
		assertThat(FIVE_UNTIL_TEN.changed(List.of("max"), BEFORE, values("5", "PT1S"), 10L)).isEqualTo(FIVE_UNTIL_TEN);
	}

	@Test
	void whatIsWrittenIsReadAgainAsOfAnotherTime() {
		long second = TimeUnit.SECONDS.toNanos(1);
		ValueSchedule schedule = ValueSchedule.CONFIGURED.changed(List.of("max"), BEFORE, values("5", "PT1S"),
				3 * second);
		ValueSchedule read = ValueSchedule.read(schedule.write(second), 10 * second);
		assertThat(read.values()).isEqualTo(schedule.values());
		assertThat(read.steps()).containsExactly(new ValueSchedule.Step(12 * second, BEFORE));
		assertThat(ValueSchedule.read(ValueSchedule.CONFIGURED.write(0), 0)).isEqualTo(ValueSchedule.CONFIGURED);
	}

	@Test
	void whatIsLeftFollowsFromWhatWasKnown() {
		assertThat(FIVE_UNTIL_TEN.at(10).follows(FIVE_UNTIL_TEN)).isTrue();
		assertThat(FIVE_UNTIL_TEN.follows(FIVE_UNTIL_TEN)).isFalse();
		assertThat(ValueSchedule.CONFIGURED.follows(FIVE_UNTIL_TEN)).isFalse();
	}

}
