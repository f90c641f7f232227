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

import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What expressions are at a call. Tests for {@link CallExpression}.
 */
class CallExpressionTests {

	private static final User ANNA = new User("anna", Tier.GOLD, 7, Optional.of("acme"), List.of("a", "b"),
			Map.of("eu", "west"));

	private final Expressions expressions = new Expressions(Calls.class);

	@ParameterizedTest
	@CsvSource({ "#user.name, anna", "#user.name(), anna", "#p0.name, anna", "#a0.name, anna", "#user.age, 7",
			"#user?.name, anna", "#user.tier, GOLD", "#user.adult, true", "#user.plain, field", "#count, 3",
			"#user.name.length, 4", "#user.name.toUpperCase(), ANNA", "'#user.name.substring(0, #count)', ann",
			"'{#user.name, {#count}}', '[anna, [3]]'", "'#user.name.concat(#user.name())', annaanna" })
	void keyOfParameterOrItsPropertiesNeverMeetsTheEngine(String text, String key) {
		CallExpression expression = key(text, "call");
		assertThat(expression.key(arguments(ANNA, 3))).hasToString(key);
		assertThat(expression.value()).isNotInstanceOf(SpelValue.class);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "#user.name + ':' + #count | anna:3", "#user.roles[1] | b",
			"#user.regions['eu'] | west", "#user.tenant?.toUpperCase() | ACME", "#user.tenant ?: 'none' | acme",
			"#count > 2 ? 'many' : 'few' | many", "#user.name.substring(0, #count + 0) | ann",
			"{#user.name, #count + 0} | [anna, 3]", "(#user).name + (#user.name).concat(')(') | annaanna)(",
			"#user.name.concat('(' + ')(').length() | 7", "(#user.name.length()) * (#count) | 12",
			"#user . name . concat ( #user.name() ) + 1 | annaanna1", "#user.names[1] | B",
			"#user.age * 2 - #count | 11", "#user.name.startsWith('a') and !(#count < 3) | true", "#user.name[0] | a" })
	void keyOfAnyOtherExpressionIsWhatSpelSaysAlsoWhenItIsCompiled(String text, String key) {
		CallExpression expression = key(text, "call");
		for (int i = 0; i < 300; i++) {
			assertThat(expression.key(arguments(ANNA, 3))).hasToString(key);
		}
		assertThat(expression.value()).isInstanceOf(SpelValue.class);
	}

	@Test
	void keyWhenTypesChangeIsWhatSpelSays() {
		CallExpression expression = key("#any.name + '!'", "any");
		for (int i = 0; i < 5000; i++) {
			assertThat(expression.key(arguments(ANNA))).isEqualTo("anna!");
			assertThat(expression.key(arguments(new Team("red")))).isEqualTo("red!");
		}
	}

	@Test
	void keyWhenOtherTypesComeTooOftenIsInterpreted() {
		CallExpression expression = key("#any + '!'", "any");
		SpelValue value = (SpelValue) expression.value();
		for (int i = 0; i < 200; i++) {
			assertThat(expression.key(arguments("a"))).isEqualTo("a!");
		}
		assertThat(value.isCompiled()).isTrue();
		assertThat(expression.key(arguments(5))).isEqualTo("5!");
		assertThat(value.isCompiled()).isTrue();
		for (int i = 0; i < 2000; i++) {
			assertThat(expression.key(arguments(5))).isEqualTo("5!");
		}
		assertThat(value.isCompiled()).isFalse();
		assertThat(expression.key(arguments("a"))).isEqualTo("a!");
	}

	@Test
	void keyWhenNullComesInBetweenFailsAndGoesOnCompiled() {
		CallExpression expression = key("#user.name + '!'", "call");
		SpelValue value = (SpelValue) expression.value();
		for (int i = 0; i < 5000; i++) {
			expression.key(arguments(ANNA, 1));
		}
		assertThat(value.isCompiled()).isTrue();
		for (int i = 0; i < 5000; i++) {
			assertThatExceptionOfType(CallExpressionException.class)
				.isThrownBy(() -> expression.key(arguments(null, 1)));
		}
		assertThat(value.isCompiled()).isTrue();
		assertThat(expression.key(arguments(ANNA, 1))).isEqualTo("anna!");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "#user.name | call", "#text | text", "#user.tenant.get() | call",
			"#user.name + '' | call", "#user.name.length() + 1 | call", "#any.name | any" })
	void keyOfNullFailsWithPlaceAndText(String text, String method) {
		CallExpression expression = key(text, method);
		assertThatExceptionOfType(CallExpressionException.class).isThrownBy(() -> expression.key(arguments(null, 3)))
			.withMessageStartingWith("io.github.penstock.aop.expression.CallExpressionTests$Calls." + method)
			.withMessageContaining("key = \"" + text + "\"");
	}

	@Test
	void keyWhenAccessorThrowsFailsWithItsException() {
		CallExpression expression = key("#user.broken", "call");
		assertThatExceptionOfType(CallExpressionException.class).isThrownBy(() -> expression.key(arguments(ANNA, 3)))
			.withCauseInstanceOf(IllegalStateException.class);
	}

	@Test
	void keyWhenValueIsNoKeyFails() {
		CallExpression expression = key("#any", "any");
		assertThatExceptionOfType(CallExpressionException.class)
			.isThrownBy(() -> expression.key(arguments(new StringBuilder("mutable"))))
			.withMessageContaining("java.lang.StringBuilder")
			.withMessageContaining("text, a number");
		assertThatExceptionOfType(CallExpressionException.class)
			.isThrownBy(() -> expression.key(arguments(Arrays.asList("a", null))));
		assertThatExceptionOfType(CallExpressionException.class)
			.isThrownBy(() -> expression.key(arguments(new Wrapper(new byte[0]))));
		assertThatExceptionOfType(CallExpressionException.class)
			.isThrownBy(() -> expression.key(arguments(new Object())));
	}

	@Test
	void keyWhenValueIsKeyIsTheValue() throws UnknownHostException {
		CallExpression expression = key("#any", "any");
		List<Object> values = List.of("a", 'a', 1, 2L, 3.0, true, UUID.randomUUID(), Tier.GOLD,
				InetAddress.getByName("::1"), new Team("red"), new Wrapper("x"), new Wrapper(null));
		for (Object value : values) {
			assertThat(expression.key(arguments(value))).isSameAs(value);
		}
	}

	@Test
	void keyOfListIsCopyThatNobodyChanges() {
		List<String> list = new ArrayList<>(List.of("a"));
		Object key = key("#list", "list").key(arguments(list));
		list.add("b");
		assertThat(key).isEqualTo(List.of("a"));
	}

	@Test
	void constantIsKnownWithoutArguments() {
		CallExpression key = key("'a' + 'll'", "call");
		assertThat(key.isConstant()).isTrue();
		assertThat(key.key(arguments())).isEqualTo("all");
		CallExpression cost = this.expressions.parse(ExpressionKind.COST, "60 * 60", "call");
		assertThat(cost.isConstant()).isTrue();
		assertThat(cost.cost(arguments())).isEqualTo(3600);
		assertThat(key("#count", "call").isConstant()).isFalse();
	}

	@Test
	void placeholderIsResolvedFirst() {
		this.expressions.context()
			.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("keys.by", "#user.name", "tokens", "4")));
		assertThat(key("${keys.by}", "call").key(arguments(ANNA, 3))).isEqualTo("anna");
		assertThat(this.expressions.parse(ExpressionKind.COST, "#count * ${tokens}", "call").cost(arguments(ANNA, 3)))
			.isEqualTo(12);
		assertThat(key("${absent:#user.age}", "call").key(arguments(ANNA, 3))).isEqualTo(7);
	}

	@Test
	void principalIsTheCaller() {
		this.expressions.principals(() -> "berta");
		CallExpression alone = key("principal", "call");
		CallExpression within = key("#user.regions[principal] ?: principal + '-' + #count", "call");
		assertThat(alone.needsPrincipal()).isTrue();
		assertThat(within.needsPrincipal()).isTrue();
		for (int i = 0; i < 200; i++) {
			assertThat(alone.key(arguments(ANNA, 3))).isEqualTo("berta");
			assertThat(alone.key(arguments(ANNA, 3), "carla")).isEqualTo("carla");
			assertThat(within.key(arguments(ANNA, 3))).isEqualTo("berta-3");
			assertThat(within.key(arguments(ANNA, 3), "eu")).isEqualTo("west");
		}
	}

	@Test
	void principalWhenNobodyIsAuthenticatedFails() {
		assertThatExceptionOfType(CallExpressionException.class)
			.isThrownBy(() -> key("principal", "call").key(arguments(ANNA, 3)))
			.withMessageContaining("nobody is authenticated");
		assertThat(key("principal ?: 'guest'", "call").key(arguments(ANNA, 3))).isEqualTo("guest");
	}

	@Test
	void principalIsNotAskedForWithoutNeed() {
		this.expressions.principals(() -> {
			throw new IllegalStateException("asked");
		});
		assertThat(key("#principal", "principalParameter").key(arguments("own"))).isEqualTo("own");
		CallExpression needing = key("principal", "call");
		assertThatIllegalStateException().isThrownBy(() -> needing.key(arguments(ANNA, 3)));
	}

	@Test
	void beanIsCalledAndLookedUpOnceIfItIsOne() {
		int[] made = new int[1];
		this.expressions.context().registerBean("tiers", Tiers.class, Tiers::new, (bean) -> bean.setLazyInit(true));
		this.expressions.context().registerBean("counted", Tiers.class, () -> {
			made[0]++;
			return new Tiers();
		}, (bean) -> bean.setScope("prototype"));
		CallExpression plan = plan("@tiers.of(#user)");
		CallExpression prototype = plan("@counted.of(#user) + @'tiers'.suffix");
		assertThat(this.expressions.context().getBeanFactory().containsSingleton("tiers")).isFalse();
		for (int i = 0; i < 200; i++) {
			assertThat(plan.plan(arguments(ANNA, 3))).isEqualTo("gold");
			assertThat(prototype.plan(arguments(ANNA, 3))).isEqualTo("gold!");
		}
		assertThat(made[0]).isEqualTo(200);
	}

	@Test
	void beanWhoseMethodThrowsIsCalledOnce() {
		Tiers tiers = new Tiers();
		this.expressions.context().registerBean("tiers", Tiers.class, () -> tiers);
		CallExpression plan = plan("@tiers.of(#user) + '!'");
		for (int i = 0; i < 200; i++) {
			plan.plan(arguments(ANNA, 3));
		}
		int calls = tiers.calls;
		assertThatExceptionOfType(CallExpressionException.class)
			.isThrownBy(() -> plan.plan(arguments(new User("bad", Tier.FREE, 1, null, null, null), 3)))
			.havingRootCause()
			.isInstanceOf(IllegalStateException.class);
		assertThat(tiers.calls).isEqualTo(calls + 1);
	}

	@Test
	void planIsTextOrEnumOrNone() {
		assertThat(plan("#user.tier").plan(arguments(ANNA, 3))).isEqualTo("GOLD");
		assertThat(plan("#user?.tier").plan(arguments(null, 3))).isNull();
		assertThat(plan("'free'").plan(arguments())).isEqualTo("free");
		assertThatExceptionOfType(CallExpressionException.class)
			.isThrownBy(() -> this.expressions.parse(ExpressionKind.PLAN, "#any", "any").plan(arguments(1)));
	}

	@Test
	void costIsWholeNumber() {
		assertThat(cost("#count").cost(arguments(ANNA, 3))).isEqualTo(3);
		assertThat(cost("#user.name.length() / 4").cost(arguments(ANNA, 3))).isEqualTo(1);
		assertThat(cost("#count * 3000000000L").cost(arguments(ANNA, 3))).isEqualTo(9_000_000_000L);
		assertThat(cost("0").cost(arguments())).isZero();
	}

	@Test
	void costThatIsNoneFails() {
		assertThatExceptionOfType(CallExpressionException.class)
			.isThrownBy(() -> cost("#count").cost(arguments(ANNA, -1)))
			.withMessageContaining("negative");
		CallExpression any = this.expressions.parse(ExpressionKind.COST, "#any", "any");
		for (Object value : new Object[] { null, 1.5, Double.NaN, Float.POSITIVE_INFINITY, 2.0, "3", 1e18 }) {
			assertThatExceptionOfType(CallExpressionException.class).isThrownBy(() -> any.cost(arguments(value)));
		}
		assertThatExceptionOfType(CallExpressionException.class)
			.isThrownBy(() -> cost("100 / #count").cost(arguments(ANNA, 0)));
	}

	@Test
	void actualCostKnowsResultAndError() {
		CallExpression usage = actualCost("#result.tokens + #count", "complete");
		assertThat(usage.actualCost(arguments(2), new Usage(40L), null)).isEqualTo(42);
		CallExpression direct = actualCost("#result.tokens", "complete");
		assertThat(direct.value()).isInstanceOf(MemberValue.class);
		assertThat(direct.actualCost(arguments(2), new Usage(40L), null)).isEqualTo(40);
		CallExpression both = actualCost("#error != null ? 1 : #result.tokens", "completeLater");
		assertThat(both.actualCost(arguments(2), null, new IllegalStateException())).isEqualTo(1);
		assertThat(both.actualCost(arguments(2), new Usage(5L), null)).isEqualTo(5);
	}

	@Test
	void actualCostOfFailedCallIsUnknownIfItNeedsTheResult() {
		Exception failure = new IllegalStateException();
		assertThat(actualCost("#result.tokens", "complete").actualCost(arguments(2), null, failure))
			.isEqualTo(CallExpression.UNKNOWN_COST);
		assertThat(actualCost("#result?.tokens", "complete").actualCost(arguments(2), null, failure))
			.isEqualTo(CallExpression.UNKNOWN_COST);
		assertThat(actualCost("#result?.tokens ?: 0L", "complete").actualCost(arguments(2), null, failure)).isZero();
		assertThat(actualCost("#count", "complete").actualCost(arguments(2), null, failure)).isEqualTo(2);
		assertThatExceptionOfType(CallExpressionException.class)
			.isThrownBy(() -> actualCost("#count", "complete").actualCost(arguments(-1), null, failure));
		assertThatExceptionOfType(CallExpressionException.class)
			.isThrownBy(() -> actualCost("#result.tokens", "complete").actualCost(arguments(2), null, null));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "#any.name", "#any.getName()", "#any.classLoader", "#any['classLoader']", "#any.module.name",
					"#any.forName('java.lang.Runtime')", "#any.contextClassLoader", "#any.getContextClassLoader()",
					"#any.loadClass('java.lang.Runtime')", "#any.runtime", "#any['class']", "#any.hashCode()" })
	void keyWhenObjectLeadsOutOfTheValuesFails(String text) {
		CallExpression expression = key(text, "any");
		Object[] objects = { String.class, Thread.currentThread(), getClass().getClassLoader(), Runtime.getRuntime(),
				String.class.getMethods()[0], String.class.getModule() };
		for (Object object : objects) {
			assertThatExceptionOfType(CallExpressionException.class)
				.isThrownBy(() -> expression.key(arguments(object)));
		}
	}

	@Test
	void keyIsRightForManyThreads() {
		CallExpression expression = key("#any.name + '!'", "any");
		List<String> keys = IntStream.range(0, 20_000)
			.parallel()
			.mapToObj((i) -> (String) expression.key(arguments((i % 2 != 0) ? ANNA : new Team("t" + i))))
			.toList();
		for (int i = 0; i < keys.size(); i++) {
			assertThat(keys.get(i)).isEqualTo((i % 2 != 0) ? "anna!" : "t" + i + "!");
		}
	}

	@Test
	void parameterWithoutNameIsFoundByItsNumberOnly() throws NoSuchMethodException {
		Method concat = String.class.getMethod("concat", String.class);
		ExpressionContext context = new ExpressionContext(new DefaultListableBeanFactory(), (text) -> text, () -> null);
		assertThatExceptionOfType(InvalidExpressionException.class)
			.isThrownBy(() -> CallExpression.parse(context, ExpressionKind.KEY, "#str", concat, String.class))
			.withMessageContaining("java.lang.String.concat(String)")
			.withMessageContaining("Compile it with -parameters, or write '#p0'");
		assertThat(CallExpression.parse(context, ExpressionKind.KEY, "#p0", concat, String.class).key(arguments("it")))
			.isEqualTo("it");
	}

	@Test
	void messageHasNoValueOfTheCall() {
		assertThatExceptionOfType(CallExpressionException.class)
			.isThrownBy(() -> key("#any", "any").key(arguments(new Secret("hunter2"))))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("hunter2"));
	}

	@Test
	void accessorOfTheDeclaredTypeServesItsSubtypes() {
		CallExpression expression = key("#named.name", "named");
		assertThat(expression.value()).isInstanceOf(MemberValue.class);
		assertThat(expression.key(arguments(ANNA))).isEqualTo("anna");
		assertThat(expression.key(arguments(new Team("red")))).isEqualTo("red");
		assertThat(expression.members()).extracting(Object::toString)
			.anyMatch((member) -> member.contains("Named.name()"));
	}

	private CallExpression key(String text, String method) {
		return this.expressions.parse(ExpressionKind.KEY, text, method);
	}

	private CallExpression plan(String text) {
		return this.expressions.parse(ExpressionKind.PLAN, text, "call");
	}

	private CallExpression cost(String text) {
		return this.expressions.parse(ExpressionKind.COST, text, "call");
	}

	private CallExpression actualCost(String text, String method) {
		return this.expressions.parse(ExpressionKind.ACTUAL_COST, text, method);
	}

	private static Object[] arguments(Object... arguments) {
		return (arguments != null) ? arguments : new Object[] { null };
	}

	interface Named {

		String name();

	}

	enum Tier {

		GOLD {

			@Override
			public String toString() {
				return "GOLD";
			}

		},
		FREE

	}

	record Team(String name) implements Named {

	}

	record Wrapper(Object inner) {

	}

	record Secret(StringBuilder inner) {

		Secret(String inner) {
			this(new StringBuilder(inner));
		}

	}

	record Usage(Long tokens) {

	}

	static final class User implements Named {

		public final String plain = "field";

		private final String name;

		private final Tier tier;

		private final int age;

		private final Optional<String> tenant;

		private final List<String> roles;

		private final Map<String, String> regions;

		User(String name, Tier tier, int age, Optional<String> tenant, List<String> roles,
				Map<String, String> regions) {
			this.name = name;
			this.tier = tier;
			this.age = age;
			this.tenant = tenant;
			this.roles = roles;
			this.regions = regions;
		}

		@Override
		public String name() {
			return this.name;
		}

		public Tier getTier() {
			return this.tier;
		}

		public int getAge() {
			return this.age;
		}

		public boolean isAdult() {
			return true;
		}

		public Optional<String> getTenant() {
			return this.tenant;
		}

		public List<String> getRoles() {
			return this.roles;
		}

		public Map<String, String> getRegions() {
			return this.regions;
		}

		public String[] getNames() {
			return new String[] { "A", "B" };
		}

		public String getBroken() {
			throw new IllegalStateException("broken");
		}

	}

	static class Tiers {

		int calls;

		public String of(User user) {
			this.calls++;
			if (user.name().equals("bad")) {
				throw new IllegalStateException("bad");
			}
			return user.getTier().name().toLowerCase(java.util.Locale.ROOT);
		}

		public String getSuffix() {
			return "!";
		}

	}

	static class Calls {

		void call(User user, int count) {
		}

		void any(Object any) {
		}

		void text(String text) {
		}

		void list(List<String> list) {
		}

		void named(Named named) {
		}

		void principalParameter(String principal) {
		}

		Usage complete(int count) {
			return new Usage(1L);
		}

		java.util.concurrent.CompletableFuture<Usage> completeLater(int count) {
			return null;
		}

	}

}
