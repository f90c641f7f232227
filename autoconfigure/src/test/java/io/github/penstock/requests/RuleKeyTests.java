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

package io.github.penstock.requests;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RuleKeyTests {

	private static RequestRule.Builder rule() {
		return RequestRule.named("r").path("/users/{id}/**", PathPatternParser.defaultInstance);
	}

	private static RequestRule rule(String... sources) {
		RequestRule.Builder rule = rule();
		for (String source : sources) {
			rule.key(source, (name) -> {
				throw new IllegalArgumentException("no bean " + name);
			});
		}
		return rule.build();
	}

	@ParameterizedTest // R2, L10
	@CsvSource({ "192.0.2.1, 192.0.2.1", "2001:db8::1, 2001:db8:0:0::/64", "2001:db8::2, 2001:db8:0:0::/64",
			"[2001:db8:0:0:1::7], 2001:db8:0:0::/64", "2001:db8:0:1::1, 2001:db8:0:1::/64",
			"2001:0DB8:0000:0001:2:3:4:5, 2001:db8:0:1::/64", "fe80::1%eth0, fe80:0:0:0::/64", "::1, 0:0:0:0::/64",
			"::ffff:192.0.2.1, 192.0.2.1", "0:0:0:0:0:ffff:c000:201, 192.0.2.1", "[::ffff:192.0.2.1]:80, 192.0.2.1",
			"192.0.2.1:4711, 192.0.2.1", "unknown, unknown", "1:2, 1:2", "::1::2, ::1::2",
			"1:2:3:4:5:6:7:8:9, 1:2:3:4:5:6:7:8:9", "::ffff:1.2.3.999, ::ffff:1.2.3.999", "12345::1, 12345::1",
			"g::1, g::1" })
	void addressStandsForAClient(String address, String client) {
		assertThat(ClientAddress.of(address)).isEqualTo(client);
	}

	@Test
	void keysOfDifferentSourcesAreNeverTheSame() {
		RequestRule rule = rule("principal", "header:X-Key", "ip", "query:q");
		Object principal = rule.keyOf(new FakeRequest("GET", "/users/1").by("same"));
		Object header = rule.keyOf(new FakeRequest("GET", "/users/1").header("X-Key", "same"));
		Object address = rule.keyOf(new FakeRequest("GET", "/users/1").from("same"));
		Object query = rule.keyOf(new FakeRequest("GET", "/users/1?q=same"));
		Object none = rule.keyOf(new FakeRequest("GET", "/users/1"));
		assertThat(principal).isEqualTo("same");
		assertThat(new Object[] { principal, header, address, query, none }).doesNotHaveDuplicates();
		assertThat(header).isEqualTo(rule.keyOf(new FakeRequest("GET", "/users/2").header("X-Key", "same")));
	}

	@Test
	void textThatIsLongIsAKeyOfAnySource() {
		RequestRule rule = rule("principal", "header:X-Key");
		String text = "x".repeat(5000);
		assertThat(rule.keyOf(new FakeRequest("GET", "/users/1").header("X-Key", text)))
			.isEqualTo(rule.keyOf(new FakeRequest("GET", "/users/1").header("X-Key", text)))
			.isNotInstanceOf(Record.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "user", "header", "header:", "header:a b", "cookie:ü", "query:", "path:", "path:name",
			"@nobody", "principal:x", "ip:x", "", "session:id" })
	void sourceThatIsNoneIsRefused(String source) {
		assertThatIllegalArgumentException().isThrownBy(() -> rule(source));
	}

	@Test
	void sourceOfAPlanMustBeOneAsWell() {
		assertThatIllegalArgumentException().isThrownBy(() -> rule().plan("gold", (name) -> null))
			.withMessageContaining("'gold' is no source of a key");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GTE", "POS", "DELET", "P OST", "", "PUTT" })
	void methodThatIsNoneIsRefused(String method) {
		assertThatIllegalArgumentException().isThrownBy(() -> rule().method(method));
	}

	@Test
	void methodMayBeOneOfOthers() {
		RequestRule rule = rule().method("propfind").method("get").build();
		assertThat(rule.limits(new FakeRequest("PROPFIND", "/users/1"), CanonicalPath.of("/users/1"))).isTrue();
		assertThat(rule.limits(new FakeRequest("HEAD", "/users/1"), CanonicalPath.of("/users/1"))).isTrue();
		assertThat(rule.limits(new FakeRequest("POST", "/users/1"), CanonicalPath.of("/users/1"))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "4xx", "40", "999", "0", "4011", "" })
	void statusThatIsNoneIsRefused(String status) {
		assertThatIllegalArgumentException().isThrownBy(() -> rule().chargeStatus(status));
	}

}
