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

package io.github.penstock.http;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link HostPattern} and {@link Authority}.
 */
class HostPatternTests {

	@ParameterizedTest
	@CsvSource({ "api.example.com, http://api.example.com/x", "api.example.com, https://api.example.com:8443/x",
			"API.Example.com, http://api.eXAMPLE.com", "api.example.com., http://api.example.com",
			"api.example.com, http://api.example.com./x", "api.example.com:443, https://api.example.com/",
			"api.example.com:80, http://api.example.com/", "api.example.com:8443, https://API.example.com:8443/",
			"*.example.com, http://api.example.com", "*.example.com, http://a.b.example.com",
			"*.example.com:81, http://a.b.example.com:81", "*, http://anything.test", "*:81, http://anything.test:81",
			"api.example.com, http://user:secret@api.example.com/", "localhost, http://localhost:1234/",
			"127.0.0.1, http://127.0.0.1:1234/", "[::1], http://[::1]:1234/", "[::1], http://[0:0:0:0:0:0:0:1]/",
			"[::1]:81, http://[::1]:81/", "[2001:DB8::1], http://[2001:db8:0:0::1]/",
			"my_service, http://my_service:8080/x", "my_service:8080, http://my_service:8080/x",
			"my_service:80, http://user@my_service/x" })
	void matchesWhenSameHostHoweverItIsSpelt(String pattern, String uri) {
		assertThat(matches(pattern, URI.create(uri))).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "api.example.com, http://example.com/", "api.example.com, http://www.api.example.com/",
			"api.example.com, http://api.example.com.evil.test/", "api.example.com, http://api.example.com@evil.test/",
			"api.example.com, http://api.example.com%40evil.test/", "api.example.com, http://evil.test/api.example.com",
			"api.example.com, http://evil.test?api.example.com", "api.example.com:443, http://api.example.com/",
			"api.example.com:80, http://api.example.com:8080/", "*.example.com, http://example.com/",
			"*.example.com, http://notexample.com/", "*.example.com, http://a.example.com.evil.test/",
			"*.example.com:81, http://a.example.com/", "my_service:80, http://my_service:8080/x",
			"my_service, http://my_service:80@evil_host/x", "[::1], http://[::2]/",
			"api.example.com, mailto:api.example.com", "api.example.com, /api.example.com", "*, /relative",
			"*, http:///path" })
	void matchesWhenOtherHostIsFalse(String pattern, String uri) {
		assertThat(matches(pattern, URI.create(uri))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f.1", "0X7F.0.0.1", "0x7f000001",
			"0177.0.0.1", "0177.0.0.01", "017700000001", "0x7f.0x0.0x0.0x1", "127.0x1", "00000177.1", "127.0.0.1.",
			"127.1.", "%31%32%37.1", "127%2E0%2E0%2E1", "１２７.０.０.１", "127。0。0。1", "[::ffff:127.0.0.1]",
			"[::ffff:7f00:1]", "[::FFFF:7F00:0001]", "[0:0:0:0:0:ffff:127.0.0.1]",
			"[0000:0000:0000:0000:0000:ffff:7f00:0001]", "[0::0:ffff:7f00:1]" })
	void matchesWhenItIsOneIpv4AddressHoweverBothAreSpelt(String spelling) {
		for (String other : new String[] { "127.0.0.1", "127.1", "0x7f000001", "[::ffff:7f00:1]" }) {
			assertThat(matches(spelling, URI.create("http://" + other + ":81/"))).isTrue();
			assertThat(matches(other, URI.create("http://" + spelling + "/"))).isTrue();
			assertThat(matches(other + ":81", URI.create("http://user:secret@" + spelling + ":81/"))).isTrue();
			assertThat(matches("*", URI.create("http://" + spelling + "/"))).isTrue();
		}
		assertThat(HostPattern.parse(spelling)).hasToString("127.0.0.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "128.1", "127.2", "127.0.0.2", "2130706434", "0127.0.0.1", "0x7g.1", "0178.1",
			"127.0.0.1.1", "127.0.0.256", "127.0.0.257.", "127.16777217", "4294967297", "6425673729",
			"127.0.0.1.example", "x127.1", "127-0-0-1", "127.0.0.1a", "0x", "0x.1", "a.127.1", "18446744075840258049",
			"[::127.0.0.1]", "[::1]", "[64:ff9b::7f00:1]", "[::ffff:7f00:2]", "[::fffe:7f00:1]" })
	void matchesWhenItIsAnotherAddressIsFalse(String spelling) {
		assertThat(matches("127.0.0.1", URI.create("http://" + spelling + "/"))).isFalse();
		assertThat(matches(spelling, URI.create("http://127.0.0.1/"))).isFalse();
		assertThat(matches("*", URI.create("http://" + spelling + "/"))).isTrue();
	}

	@Test
	void matchesWhenOnlyTheUserIsTheAddressIsFalse() {
		for (String user : new String[] { "127.1", "127.0.0.1:80", "2130706433", "0x7f.1:1" }) {
			assertThat(matches("127.0.0.1", URI.create("http://" + user + "@evil.test/"))).isFalse();
			assertThat(matches("127.0.0.1", URI.create("http://" + user + "@128.1/"))).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "[::1]", "[0::1]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]",
			"[::0.0.0.1]", "[::0:1]", "[0:0::0:1]" })
	void matchesWhenItIsOneIpv6AddressHoweverBothAreSpelt(String spelling) {
		assertThat(matches(spelling, URI.create("http://[::1]:81/"))).isTrue();
		assertThat(matches("[::1]", URI.create("http://" + spelling + "/"))).isTrue();
		assertThat(matches("[::1]:81", URI.create("http://" + spelling + ":81/"))).isTrue();
	}

	@Test
	void matchesWhenPatternIsAWildcardOfAddressesGoesByItsText() {
		assertThat(matches("*.0.0.1", URI.create("http://127.0.0.1/"))).isTrue();
		assertThat(matches("*.0.0.1", URI.create("http://127.1/"))).isTrue();
		assertThat(matches("*.0.0.1", URI.create("http://127.0.1.1/"))).isFalse();
	}

	@Test
	void matchesWhenNameIsInternationalKnowsAllItsForms() {
		URI encoded = URI.create("http://b%C3%BCcher.example/x");
		for (String pattern : new String[] { "bücher.example", "BÜCHER.example", "xn--bcher-kva.example" }) {
			assertThat(matches(pattern, URI.create("http://bücher.example/x"))).isTrue();
			assertThat(matches(pattern, URI.create("http://BÜCHER.example:81/x"))).isTrue();
			assertThat(matches(pattern, URI.create("http://XN--bcher-kva.example/x"))).isTrue();
			assertThat(matches(pattern, encoded)).isTrue();
			assertThat(matches(pattern, URI.create("http://bucher.example/x"))).isFalse();
		}
		assertThat(matches("*.bücher.example", URI.create("http://a.xn--bcher-kva.example/"))).isTrue();
		assertThat(matches("b.example", URI.create("http://b。example/"))).isTrue();
	}

	@Test
	void matchesWhenHostIsHugeIsFalse() {
		assertThat(matches("*", URI.create("http://" + "a.".repeat(5000) + "b/"))).isFalse();
		assertThat(matches("*", URI.create("http://" + "ü".repeat(5000) + "/"))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "https://api.example.com", "api.example.com/x", "user@api.example.com",
			"api.example.com:", "api.example.com:x", "api.example.com:0", "api.example.com:65536", "api.example.com:-1",
			"api.*.com", "*api.example.com", "**.example.com", "*.", ".example.com", "a..b", "a b", "::1", "[::1",
			"[::g]", "a%zz", "[]" })
	void parseWhenItIsNoHostFails(String pattern) {
		assertThatIllegalArgumentException().isThrownBy(() -> HostPattern.parse(pattern))
			.withMessageStartingWith("Invalid host '" + pattern + "': ");
	}

	private static boolean matches(String pattern, URI uri) {
		Authority authority = Authority.of(uri);
		return authority != null && HostPattern.parse(pattern).matches(authority);
	}

}
