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

package io.github.penstock;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.penstock.LimiterStore.OtherKeys;
import io.github.penstock.LimiterStore.Supply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link KeyBytes}.
 */
class KeyBytesTests {

	private static final String LONG_TEXT = "x".repeat(200);

	static Stream<Arguments> keys() throws UnknownHostException {
		return Stream.of(Arguments.of("ann", "8ae98ab2ad2134353d42ce08541f9fba"),
				Arguments.of(1L, "e3b85359c6bdaf42624038d39a2409d5"),
				Arguments.of(1, "caf90ce1987194f64218e5eb3ac7e3c1"),
				Arguments.of((short) 1, "ecd130d8488cf9aaf03fe3221deae3af"),
				Arguments.of((byte) 1, "370c2f10edb4e047a59244f70813b764"),
				Arguments.of('1', "3780620b93d531ba2d4a19d24167d241"),
				Arguments.of(1.0, "8384008b5f4ebe1cc9c6c71a11800bc0"),
				Arguments.of(1.0f, "865a60f7524db72c6feb584059b1c07e"),
				Arguments.of(BigInteger.ONE, "22f82c31ea1e69cb046fdad1a86cb2ef"),
				Arguments.of(new BigDecimal("1.0"), "8a788e0c940dc2d7471008b10bd0c06f"),
				Arguments.of(true, "9ad7549b2fd2d3bc14b8d2d703dd541c"),
				Arguments.of(new UUID(1, 2), "73f32a358d04796441e1232086e09100"),
				Arguments.of(TimeUnit.DAYS, "d00263fa59dbdf65211fef1e21ffd3c4"),
				Arguments.of(OtherKeys.TOGETHER, "eb83f6bdbff0a8d522468251cfe74246"),
				Arguments.of(InetAddress.getByName("10.0.0.1"), "87b5fdfa17b78ffaf2f60e8d54686b7e"),
				Arguments.of(LONG_TEXT, "6b4168bd281f423430d1e06213d1da2a"),
				Arguments.of(List.of("a", List.of("b", 1)), "a21718f597b5aa732a2d7611012af740"),
				Arguments.of(List.of("a", LONG_TEXT), "fa94125767cb5978009f7a505b12f2a2"),
				Arguments.of(new Tenant("a", 2), "4e57eb66895c7ef5297e0ef8d9b249c3"),
				Arguments.of(new Tenant(LONG_TEXT, 2), "ec5761ba50e4257ba47c1d12e0d07390"),
				Arguments.of(new Plain(1, new UUID(1, 2), TimeUnit.DAYS), "314d35334f7d523bebab8934e998c6c6"));
	}

	/** Instances of other versions know them by these. */
	@ParameterizedTest
	@MethodSource("keys")
	void bytesOfAKeyNeverChange(Object key, String digest) {
		assertThat(digest(key)).isEqualTo(digest);
	}

	@Test
	void keysThatAreNotEqualHaveDifferentBytes() throws UnknownHostException {
		List<Object> keys = List.of("1", 1, 1L, (short) 1, (byte) 1, '1', 1.0, 1.0f, -0.0, 0.0, new BigDecimal("1"),
				new BigDecimal("1.0"), BigInteger.ONE, true, "true", new UUID(0, 1), TimeUnit.DAYS, "DAYS", Plan.GOLD,
				Plan.FREE, InetAddress.getByName("10.0.0.1"), InetAddress.getByName("::1"), List.of(), List.of("1"),
				List.of("1", "2"), List.of(List.of("1"), "2"), List.of("1", List.of("2")), List.of("12"), "12", "",
				new Tenant("1", 2), new Tenant("12", 0), new Customer("1", 2), List.of("1", 2), LONG_TEXT,
				LONG_TEXT + "y", List.of("1", LONG_TEXT));
		assertThat(keys.stream().map(KeyBytesTests::digest)).doesNotHaveDuplicates();
	}

	@Test
	void equalKeysHaveTheSameBytes() throws UnknownHostException {
		assertThat(digest(new Tenant(new String("a"), 2))).isEqualTo(digest(new Tenant("a", 2)));
		assertThat(digest(InetAddress.getByAddress("one", new byte[] { 10, 0, 0, 1 })))
			.isEqualTo(digest(InetAddress.getByAddress("two", new byte[] { 10, 0, 0, 1 })));
		assertThat(digest(Double.NaN)).isEqualTo(digest(Double.longBitsToDouble(0x7ff8000000000001L)));
		assertThat(digest(Float.NaN)).isEqualTo(digest(Float.intBitsToFloat(0x7fc00001)));
	}

	@Test
	void callsWithoutAKeyHaveNoBytes() {
		assertThat(new Supply("api", null).keyBytes()).isNull();
	}

	@Test
	void whatIsNoKeyHasNoBytes() {
		assertThatIllegalArgumentException().isThrownBy(() -> KeyBytes.of(new Object()))
			.withMessageContaining("java.lang.Object");
		assertThatIllegalArgumentException().isThrownBy(() -> KeyBytes.of(List.of("a")));
	}

	private static String digest(Object key) {
		try {
			byte[] bytes = new Supply("api", Keys.of(key)).keyBytes();
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record Tenant(String name, int number) {
	}

	private record Customer(String name, int number) {
	}

	private record Plain(int number, UUID id, TimeUnit unit) {
	}

	private enum Plan {

		GOLD {
		},

		FREE

	}

}
