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

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Keys}: what is kept of a key, and what is shown of it.
 */
class KeysTests {

	@Test // K4
	void aRecordOfScalarsIsKeptAsItIs() {
		record Plain(int number, Thread.State state, Long boxed) {
		}
		Plain plain = new Plain(1, Thread.State.NEW, 2L);
		assertThat(Keys.of(plain)).isSameAs(plain);
		assertThatIllegalArgumentException().isThrownBy(() -> Keys.of(new Plain(1, Thread.State.NEW, null)))
			.withMessage("A key must not be null");
	}

	@Test // K4
	void aRecordOfMoreThanScalarsIsCopied() {
		record User(String name, List<Integer> numbers) {
		}
		record Other(String name, List<Integer> numbers) {
		}
		User user = new User("a", Arrays.asList(1, 2));
		Object kept = Keys.of(user);
		user.numbers().set(0, 3);
		assertThat(kept).isEqualTo(Keys.of(new User("a", List.of(1, 2)))).isNotEqualTo(Keys.of(user));
		assertThat(kept).isNotEqualTo(Keys.of(new Other("a", List.of(1, 2))));
		assertThat(Keys.text(kept)).isEqualTo("[a, [1, 2]]");
	}

	@Test // K4, K5
	void ofLongTextTheHashIsKept() {
		assertThat(Keys.of("x".repeat(128))).isEqualTo("x".repeat(128));
		Object kept = Keys.of("x".repeat(129));
		assertThat(kept).isNotInstanceOf(String.class)
			.isEqualTo(Keys.of("x".repeat(129)))
			.hasSameHashCodeAs(Keys.of("x".repeat(129)))
			.isNotEqualTo(Keys.of("y".repeat(129)))
			.isNotEqualTo("x".repeat(129));
		assertThat(kept.hashCode()).isNotEqualTo(Keys.of("y".repeat(129)).hashCode());
		assertThat(Keys.text(kept)).matches("sha256:[0-9a-f]{64}").startsWith("sha256:" + Keys.hash(kept));
	}

	@Test // K5
	void theHashIsTheBeginningOfSha256() {
		assertThat(Keys.hash("abc")).isEqualTo("ba7816bf8f01cfea");
	}

	@Test // K4
	void anAddressIsShownAsNumbers() throws Exception {
		InetAddress address = InetAddress.getByAddress("host", new byte[] { 127, 0, 0, 2 });
		assertThat(Keys.of(address)).isSameAs(address);
		assertThat(Keys.text(address)).isEqualTo("127.0.0.2");
	}

	@Test // K5
	void aRefusalKeepsTheHashWhereItIsSent() throws Exception {
		TokenBucketLimiter limiter = new TokenBucketLimiter("api", RateLimiterSpec.of(1), new ManualTime());
		LimitExceededException refusal = ((Settling) limiter.forKey("abc")).refuse(RefusalReason.FULL, 1, 0, 1);
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(refusal);
		}
		try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
			assertThat(((LimitExceededException) in.readObject()).keyHash()).isEqualTo("ba7816bf8f01cfea");
		}
	}

}
