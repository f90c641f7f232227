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
import java.net.URISyntaxException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Reference}, with the examples of RFC 3986 in 5.4.
 */
class ReferenceTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			g:h, g:h
			g, http://a/b/c/g
			./g, http://a/b/c/g
			g/, http://a/b/c/g/
			/g, http://a/g
			//g, http://g
			?y, http://a/b/c/d;p?y
			g?y, http://a/b/c/g?y
			'#s', http://a/b/c/d;p?q#s
			g#s, http://a/b/c/g#s
			g?y#s, http://a/b/c/g?y#s
			;x, http://a/b/c/;x
			g;x, http://a/b/c/g;x
			g;x?y#s, http://a/b/c/g;x?y#s
			'', http://a/b/c/d;p?q
			., http://a/b/c/
			./, http://a/b/c/
			.., http://a/b/
			../, http://a/b/
			../g, http://a/b/g
			../.., http://a/
			../../, http://a/
			../../g, http://a/g
			../../../g, http://a/g
			../../../../g, http://a/g
			/./g, http://a/g
			/../g, http://a/g
			g., http://a/b/c/g.
			.g, http://a/b/c/.g
			g.., http://a/b/c/g..
			..g, http://a/b/c/..g
			./../g, http://a/b/g
			./g/., http://a/b/c/g/
			g/./h, http://a/b/c/g/h
			g/../h, http://a/b/c/h
			g;x=1/./y, http://a/b/c/g;x=1/y
			g;x=1/../y, http://a/b/c/y
			g?y/./x, http://a/b/c/g?y/./x
			g?y/../x, http://a/b/c/g?y/../x
			g#s/./x, http://a/b/c/g#s/./x
			g#s/../x, http://a/b/c/g#s/../x
			""")
	void againstIsAsTheStandardHasIt(String reference, URI resolved) throws URISyntaxException {
		assertThat(Reference.parse(reference).against(URI.create("http://a/b/c/d;p?q"))).isEqualTo(resolved);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			http://a, g, http://a/g
			http://a, ../g, http://a/g
			http://a, '', http://a
			http://a?q, ?y, http://a?y
			http://a/b?q#f, '', http://a/b?q
			http://a/b//c, d, http://a/b//d
			http://a/b, http://c/../d, http://c/d
			http://a/b, //c/./d, http://c/d
			http://under_score:8080/b/c, ../d%2Fe?f=%20, http://under_score:8080/d%2Fe?f=%20
			http://user@a/b, c, http://user@a/c
			http://[::1]:8080/b, /c, http://[::1]:8080/c
			""")
	void againstKeepsWhatStandsInTheBase(URI base, String reference, URI resolved) throws URISyntaxException {
		assertThat(Reference.parse(reference).against(base)).isEqualTo(resolved);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a b", "http://", ":", "/%zz", "http://[" })
	void parseWhenItIsNoReferenceFails(String reference) {
		assertThatExceptionOfType(URISyntaxException.class)
			.isThrownBy(() -> Reference.parse(reference).against(URI.create("http://a/b")));
	}

}
