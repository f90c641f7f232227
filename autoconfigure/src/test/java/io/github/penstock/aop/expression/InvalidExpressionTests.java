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

package io.github.penstock.aop.expression;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What is refused at the start. Tests for {@link ExpressionReader} and
 * {@link ExpressionAudit}.
 */
class InvalidExpressionTests {

	private final Expressions expressions = new Expressions(Calls.class);

	@BeforeEach
	void registerBean() {
		this.expressions.context().registerBean("tiers", Tiers.class, Tiers::new);
	}

	@ParameterizedTest
	@ValueSource(strings = { "T(java.lang.Runtime).getRuntime().availableProcessors()", "T(Runtime)", "new String('a')",
			"new int[2]", "#user.name = 'x'", "#count++", "--#count", "#user.class", "#user.getClass()",
			"#user.getClass().getClassLoader()", "#user['class'].name", "#user?.class?.name",
			"''.class.forName('java.lang.Runtime')", "''.getClass()", "#any.class", "#any.getClass().getName()",
			"#any.wait()", "#any.notifyAll()", "#type.name", "#type.forName('x')", "#thread.contextClassLoader",
			"#users.?[name == 'x'].size()", "#users.![name]", "#users.^[true]", "{a: 1}", "#this", "#root",
			"#root.args", "#call()", "call()", "#user instanceof T(String)", "&tiers", "#user.#count",
			"@tiers.class.name", "@tiers.getClass()" })
	void whatLeadsOutOfTheValuesIsRefused(String text) {
		assertThatExceptionOfType(InvalidExpressionException.class).isThrownBy(() -> key(text))
			.withMessageStartingWith("io.github.penstock.aop.expression.InvalidExpressionTests$Calls.call(User, int, ")
			.withMessageContaining("key = \"" + text + "\"");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "#usr.name | Did you mean '#user'? The parameters are: #user, #count, #any",
					"#user.nme | Did you mean 'name'? The properties are: account, name, nested, secret",
					"#user.nmae() | Did you mean 'name'?", "#user.name.lenght() | Did you mean 'length'?",
					"#user.name(1) | with 1 parameters", "@tier.of(#user) | Write '@tiers'", "@nothing | Define it",
					"@tiers.off(#user) | Did you mean 'of'?", "@tiers.touch() | returns nothing",
					"user | Write '#user'", "all | 'all' in quotes for text", "#{#user.name} | Leave them out",
					"#user.name. | at position 10", "#user name | at position 6",
					"#type.name | from where everything could be reached",
					"#user.hidden | has no property 'hidden' that is public", "#map.key | Write ['key']",
					"#user['name'] | Write '.name' for a property", "#result | actualCost",
					"#error.message | actualCost", "#p21 | The parameters are", "#user / 2 | Compute with numbers",
					"1 / 0 | cannot be computed", "#user.account | A key is text, a number" })
	void messageSaysHowToMendIt(String text, String mend) {
		assertThatExceptionOfType(InvalidExpressionException.class).isThrownBy(() -> key(text))
			.withMessageContaining(mend);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "#user | such as '#user.name'", "#counter | java.util.concurrent.atomic.AtomicLong",
					"#bytes | byte[]", "#request | HttpServletRequest", "#maybe | #maybe.orElse('none')", "#map | Map",
					"{#count, #bytes} | byte[]", "#users | List", "#holder | BytesHolder", "#user.nested | AtomicLong",
					"#stream | Stream", "@tiers | Tiers" })
	void typeThatIsNoKeyIsRefused(String text, String mend) {
		assertThatExceptionOfType(InvalidExpressionException.class).isThrownBy(() -> key(text))
			.withMessageContaining("which is no key")
			.withMessageContaining(mend);
	}

	@ParameterizedTest
	@ValueSource(strings = { "#any", "#text", "#named", "#names", "#number", "#point", "#user.name", "#comparable",
			"@tiers.of(#user)", "#map['a']", "{#count, #text, {principal}}", "#points", "#count > 1", "principal",
			"#generic", "null ?: #text" })
	void typeThatMayBeKeyIsTaken(String text) {
		assertThatNoException().isThrownBy(() -> key(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "#count", "#user", "#point", "5", "#names", "true" })
	void typeThatNamesNoPlanIsRefused(String text) {
		assertThatExceptionOfType(InvalidExpressionException.class)
			.isThrownBy(() -> this.expressions.parse(ExpressionKind.PLAN, text, "call"))
			.withMessageContaining("plan = \"");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "#count * 1.5", "#text", "#user", "1.5", "-1", "'5'", "true", "#count > 2", "2147483648.0" })
	void typeThatIsNoCostIsRefused(String text) {
		assertThatExceptionOfType(InvalidExpressionException.class)
			.isThrownBy(() -> this.expressions.parse(ExpressionKind.COST, text, "call"))
			.withMessageContaining("cost = \"" + text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "#count * 3 / 2", "#any", "#number", "#text.length() / 4", "9000000000L", "0",
			"#bytes.length", "#users.size()", "2 ^ 3" })
	void typeThatMayBeCostIsTaken(String text) {
		assertThatNoException().isThrownBy(() -> this.expressions.parse(ExpressionKind.COST, text, "call"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "sync", "stage", "mono", "flux", "subclassed" })
	void resultIsWhatTheWorkHasInTheEnd(String method) {
		CallExpression expression = this.expressions.parse(ExpressionKind.ACTUAL_COST, "#result.tokens", method);
		assertThat(expression.actualCost(new Object[0], new Usage(7), null)).isEqualTo(7);
		assertThatExceptionOfType(InvalidExpressionException.class)
			.isThrownBy(() -> this.expressions.parse(ExpressionKind.ACTUAL_COST, "#result.tokns", method))
			.withMessageContaining("Did you mean 'tokens'?");
	}

	@Test
	void resultOfMethodWithoutOneIsRefused() {
		assertThatExceptionOfType(InvalidExpressionException.class)
			.isThrownBy(() -> this.expressions.parse(ExpressionKind.ACTUAL_COST, "#result", "nothing"))
			.withMessageContaining("the method returns none");
	}

	@Test
	void principalIsRefusedWhenTheWorkIsDone() {
		assertThatExceptionOfType(InvalidExpressionException.class)
			.isThrownBy(() -> this.expressions.parse(ExpressionKind.ACTUAL_COST, "principal.length()", "sync"))
			.withMessageContaining("the caller is not known any more");
	}

	@ParameterizedTest
	@ValueSource(strings = { "${absent}", "#user.${absent}", "", "   " })
	void textThatIsNoneIsRefused(String text) {
		assertThatExceptionOfType(InvalidExpressionException.class).isThrownBy(() -> key(text));
	}

	@Test
	void genericParameterHasTheTypeOfTheClass() {
		Expressions special = new Expressions(Special.class);
		assertThatNoException().isThrownBy(() -> special.parse(ExpressionKind.KEY, "#item.name", "take"));
		assertThatExceptionOfType(InvalidExpressionException.class)
			.isThrownBy(() -> special.parse(ExpressionKind.KEY, "#item.nmae", "take"));
	}

	@Test
	void exceptionHasItsParts() {
		assertThatExceptionOfType(InvalidExpressionException.class).isThrownBy(() -> key("#usr")).satisfies((ex) -> {
			assertThat(ex.where()).startsWith("io.github.penstock").contains("Calls.call(User, int");
			assertThat(ex.problem()).isEqualTo("in key = \"#usr\" the method has no parameter 'usr'");
			assertThat(ex.mend()).startsWith("Did you mean '#user'?");
		});
	}

	private CallExpression key(String text) {
		return this.expressions.parse(ExpressionKind.KEY, text, "call");
	}

	interface Named {

	}

	record Usage(int tokens) {

	}

	record Point(int x, List<String> labels) {

	}

	record BytesHolder(byte[] bytes) {

	}

	static class Account {

	}

	static class Tiers {

		public String of(User user) {
			return "gold";
		}

		public void touch() {
		}

	}

	static class User {

		String hidden = "hidden";

		public String getName() {
			return "anna";
		}

		public String name() {
			return "anna";
		}

		public Account getAccount() {
			return new Account();
		}

		public AtomicLong getNested() {
			return new AtomicLong();
		}

		public char[] getSecret() {
			return new char[0];
		}

	}

	static class Calls {

		void call(User user, int count, Object any, String text, Named named, List<String> names, Number number,
				Point point, Comparable<?> comparable, Map<String, String> map, List<Point> points, AtomicLong counter,
				byte[] bytes, HttpServletRequest request, Optional<String> maybe, List<User> users, BytesHolder holder,
				java.util.stream.Stream<String> stream, Class<?> type, Thread thread, java.io.Serializable generic) {
		}

		Usage sync() {
			return new Usage(1);
		}

		CompletionStage<Usage> stage() {
			return null;
		}

		Mono<Usage> mono() {
			return null;
		}

		Flux<Usage> flux() {
			return null;
		}

		java.util.concurrent.CompletableFuture<? extends Usage> subclassed() {
			return null;
		}

		void nothing() {
		}

	}

	static class Base<T> {

		void take(T item) {
		}

	}

	static class Special extends Base<User> {

		@Override
		void take(User item) {
		}

	}

}
