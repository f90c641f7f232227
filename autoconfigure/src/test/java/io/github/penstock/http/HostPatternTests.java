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
