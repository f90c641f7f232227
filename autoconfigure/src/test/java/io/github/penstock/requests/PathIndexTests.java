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

import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PathIndexTests {

	private static final PathPatternParser PARSER = PathPatternParser.defaultInstance;

	private static final List<String> PATTERNS = List.of("/**", "/", "/a", "/a/**", "/a/b", "/a/b/**", "/a/*", "/a/*/c",
			"/ab", "/ab/**", "/a?", "/{x}", "/a/{x}/**", "/a/{*rest}", "/{x}/b", "/*.css", "/a/b*", "/**/c",
			"/b/{x:[a-c]+}", "/a/{x}.json", "/c d", "/é/**", "/b/**");

	private static RequestRule rule(String... patterns) {
		RequestRule.Builder rule = RequestRule.named(String.join(" ", patterns));
		for (String pattern : patterns) {
			rule.path(pattern, PARSER);
		}
		return rule.build();
	}

	private static TreeSet<String> matches(PathIndex index, String path) {
		IncomingRequest request = new FakeRequest("GET", path);
		Matches matches = new Matches(request);
		index.find(request.path(), matches);
		return matches.all().stream().map(RequestRule::name).collect(Collectors.toCollection(TreeSet::new));
	}

	@Test
	void indexFindsWhatEachPatternMatchesByItself() {
		PathIndex index = new PathIndex(PATTERNS.stream().map(PathIndexTests::rule).toList());
		Random random = new Random(4711);
		List<String> parts = List.of("a", "b", "c", "ab", "abc", "x.json", "c%20d", "%C3%A9", "site.css", "d");
		Stream<String> paths = IntStream.range(0, 5000)
			.mapToObj((i) -> "/" + IntStream.range(0, random.nextInt(5))
				.mapToObj((part) -> parts.get(random.nextInt(parts.size())))
				.collect(Collectors.joining("/")));
		paths.forEach((path) -> assertThat(matches(index, path)).as(path)
			.containsExactlyElementsOf(PATTERNS.stream()
				.filter((pattern) -> PARSER.parse(pattern).matches(PathContainer.parsePath(path)))
				.collect(Collectors.toCollection(TreeSet::new))));
	}

	@ParameterizedTest
	@CsvSource({ "/a/b, /a/b", "/a/b/, /a/b", "//a//b, /a/b", "/a/./b, /a/b", "/a/x/../b, /a/b", "/a;x=1/b;y, /a/b",
			"/%61/b, /a/b", "/a/%2E%2E/a/b, /a/b", "/../a/b, /a/b", "'', /", "/, /", "//, /", "/.., /", "/;x, /",
			"/a.b/.c, /a.b/.c", "/a/..b, /a/..b", "/a b, /a b" })
	void pathHasOneForm(String raw, String canonical) {
		assertThat(CanonicalPath.of(raw).text()).isEqualTo(canonical);
		CanonicalPath.of(raw).container();
	}

	@Test
	void slashThatIsEncodedSeparatesNothing() {
		assertThat(CanonicalPath.of("/a%2Fb").text()).isNotEqualTo("/a/b");
		PathIndex index = new PathIndex(List.of(rule("/a/b"), rule("/{one}"), rule("/a/**")));
		assertThat(matches(index, "/a%2Fb")).containsExactly("/{one}");
		assertThat(matches(index, "/a%zz")).isEmpty();
	}

	@Test
	void caseOfAPathDoesNotCountWhereThatOfHandlersDoesNot() {
		PathPatternParser parser = new PathPatternParser();
		parser.setCaseSensitive(false);
		RequestRule rule = RequestRule.named("r").path("/Api/**", parser).path("!/api/Free", parser).build();
		PathIndex index = new PathIndex(List.of(rule));
		assertThat(matches(index, "/API/x")).containsExactly("r");
		assertThat(matches(index, "/aPI/fREE")).isEmpty();
		assertThat(matches(new PathIndex(List.of(rule("/api/**"))), "/API/x")).isEmpty();
	}

	@Test
	void ruleIsFoundOnceAndTheirOrderIsAlwaysTheSame() {
		RequestRule b = RequestRule.named("b").path("/**", PARSER).path("/a/**", PARSER).path("/a/b", PARSER).build();
		RequestRule a = RequestRule.named("a").path("/a/*", PARSER).build();
		IncomingRequest request = new FakeRequest("GET", "/a/b");
		Matches matches = new Matches(request);
		new PathIndex(List.of(b, a)).find(request.path(), matches);
		assertThat(matches.all()).containsExactly(a, b);
		assertThat(matches.only()).isNull();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "api/**", "", "/a%20b", "/a;b", "/a//b", "/a/../b", "/./a", "/a/{x", "/a/**/b/**/{x}/{x}" })
	void pathThatCannotBeIsRefused(String pattern) {
		assertThatIllegalArgumentException().isThrownBy(() -> PathTest.parse(pattern, PARSER))
			.withMessageContaining("'" + pattern + "'");
	}

	@Test
	void slashAtTheEndOfAPatternMeansNothing() {
		assertThat(matches(new PathIndex(List.of(rule("/a/"))), "/a")).isNotEmpty();
	}

}
