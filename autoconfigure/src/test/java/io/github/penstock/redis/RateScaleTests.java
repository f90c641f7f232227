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

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;

import io.github.penstock.RateLimiterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RateScale}.
 */
class RateScaleTests {

	@ParameterizedTest
	@CsvSource({ "0.5, PT1S, 1, 2000000, 1", "1, P1D, 1, 86400000000, 1", "1, P365D, 1, 31536000000000, 1",
			"10000000, PT1S, 10000000, 1, 10", "5000, PT1H, 5000, 720000, 1", "90000, PT1M, 90000, 2000, 3",
			"1000000000, PT1S, 1, 1, 1000", "7777777, PT1S, 7777777, 1000000, 7777777", "3, PT1S, 3, 1000000, 3",
			"0.125, PT0.000003S, 1, 24, 1" })
	void everydayRateIsExact(BigDecimal limit, Duration per, long burst, long unitsPerToken, long unitsPerMicro) {
		assertThat(scale(limit, per, burst)).isEqualTo(new RateScale(unitsPerToken, unitsPerMicro, burst));
	}

	@ParameterizedTest
	@CsvSource({ "3.1415926535897932, PT1S, 3, 1e-12", "0.3333333333333333333, PT1S, 1, 1e-12",
			"2.7182818284590452353, PT17H, 100, 1e-12", "99999.999999999, PT3H, 100000, 1e-10",
			"1.00000000000001, P364D, 1, 1e-12", "9999999.7654321, PT1S, 2000000, 1e-9" })
	void rateOfManyDigitsIsALittleTooLow(BigDecimal limit, Duration per, long burst, double most) {
		RateScale scale = scale(limit, per, burst);
		BigDecimal exact = BigDecimal.valueOf(per.toNanos())
			.divide(limit.multiply(BigDecimal.valueOf(1_000)), MathContext.DECIMAL128);
		BigDecimal taken = BigDecimal.valueOf(scale.unitsPerToken())
			.divide(BigDecimal.valueOf(scale.unitsPerMicro()), MathContext.DECIMAL128);
		BigDecimal error = taken.divide(exact, MathContext.DECIMAL128).subtract(BigDecimal.ONE);
		assertThat(error).isBetween(new BigDecimal("-1e-30"), BigDecimal.valueOf(most));
		assertThat(scale.unitsPerToken()).isLessThanOrEqualTo(RateScale.MOST / 2 / burst);
	}

	@Test
	void thereIsRoomForDebts() {
		RateScale scale = scale(new BigDecimal("3.1415926535897932"), Duration.ofSeconds(1), 1);
		assertThat(RateScale.MOST / scale.unitsPerToken()).isGreaterThan(4_000);
	}

	@Test
	void burstThatCannotBeCountedIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> scale(BigDecimal.valueOf(1_000_000_000), Duration.ofSeconds(1), 1L << 53))
			.withMessageContaining("9007199254740992")
			.withMessageContaining("1000000000 per 1s");
	}

	private static RateScale scale(BigDecimal limit, Duration per, long burst) {
		return RateScale.of(new RateLimiterSpec(limit, per, burst, Duration.ZERO, 0));
	}

}
