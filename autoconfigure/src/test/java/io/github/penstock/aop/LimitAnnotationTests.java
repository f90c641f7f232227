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

package io.github.penstock.aop;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.SimpleAliasRegistry;
import org.springframework.core.annotation.AliasFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the annotations say, by where they stand.
 */
class LimitAnnotationTests {

	@Test
	void nameWhenLeftOutIsThatOfThePlace() {
		try (LimitedContext context = LimitedContext.of(Named.class)) {
			assertThat(declaredNames(context)).containsExactlyInAnyOrder("Named.overloaded", "Named.overloaded",
					"value", "name", "same");
			context.bean(Named.class).overloaded(1);
			context.bean(Named.class).overloaded("1");
			assertThat(context.bulkhead("Named.overloaded").stats().granted()).isEqualTo(2);
		}
	}

	@Test
	void attributesWhenLeftOutAreNull() {
		try (LimitedContext context = LimitedContext.of(Sparse.class)) {
			String where = Sparse.class.getName() + ".both()";
			assertThat(context.declarations().declared).containsExactly(
					new BulkheadDeclaration("Sparse.both", null, null, null, where),
					new RateLimitDeclaration("Sparse.both", null, 5L, null, null, null, null, null, where));
		}
	}

	@Test
	void placeholdersWhenTheyCanBeResolvedAreResolved() {
		Map<String, Object> properties = Map.of("limit.name", "resolved", "limit.wait", "3s", "limit.per", "2h");
		try (LimitedContext context = LimitedContext.with(properties, Placeholders.class)) {
			String where = Placeholders.class.getName() + ".both()";
			assertThat(context.declarations().declared).containsExactly(
					new BulkheadDeclaration("resolved", 1, "3s", 7, where),
					new RateLimitDeclaration("x-resolved", null, 5L, "2h", 3L, "9s", 8, null, where));
		}
	}

	@Test
	void startWhenAPlaceholderCannotBeResolvedFails() {
		assertRefused(Placeholders.class, "Placeholders.both()", "${limit.");
	}

	@Test
	void startWhenNameAndValueDifferFails() {
		assertRefused(TwoNames.class, "TwoNames.run()", "name = 'a' and value = 'b'");
	}

	@Test
	void startWhenNameIsNotValidFails() {
		assertRefused(BadName.class, "BadName.run()", "'no spaces'");
	}

	@Test
	void classAnnotationWhenMethodHasItsOwnIsBeatenPerKind() {
		try (LimitedContext context = LimitedContext.of(WholeClass.class)) {
			WholeClass bean = context.bean(WholeClass.class);
			bean.plain();
			bean.own();
			bean.inherited();
			assertThat(bean.toString()).isEqualTo("whole");
			assertThat(context.bulkhead("WholeClass").stats().granted()).isEqualTo(2);
			assertThat(context.bulkhead("WholeClass.own").stats().granted()).isEqualTo(1);
			assertThat(context.rateLimit("WholeClass").stats().granted()).isEqualTo(3);
		}
	}

	@Test
	void superclassAnnotationWhenSubclassIsABeanLimitsIt() {
		try (LimitedContext context = LimitedContext.of(Child.class)) {
			Child bean = context.bean(Child.class);
			bean.overridden();
			bean.added();
			assertThat(context.bulkhead("Parent").stats().granted()).isEqualTo(1);
			assertThat(context.bulkhead("Parent.overridden").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void classAnnotationWhenClassExtendsOneOfSpringLimitsWhatItInherits() {
		try (LimitedContext context = LimitedContext.of(Aliases.class, LimitedContext.ClassProxies.class)) {
			// No interface declares it.
			context.bean(Aliases.class).hasAlias("name", "alias");
			assertThat(context.bulkhead("Aliases").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void interfaceAnnotationsWhenImplementedLimitTheMethodsOfTheInterface() {
		for (List<Class<?>> proxying : List.<List<Class<?>>>of(List.of(Impl.class),
				List.of(Impl.class, LimitedContext.ClassProxies.class))) {
			try (LimitedContext context = LimitedContext.of(proxying.toArray(Class<?>[]::new))) {
				Api<?> bean = context.bean(Api.class);
				bean.whole();
				((Api<String>) bean).one("x");
				context.bean(Other.class).other();
				assertThat(context.bulkhead("Api").stats().granted()).isEqualTo(1);
				assertThat(context.bulkhead("Api.one").stats().granted()).isEqualTo(1);
				assertThat(declaredNames(context)).containsExactlyInAnyOrder("Api", "Api.one");
			}
		}
	}

	@Test
	void interfaceMethodAnnotationWhenSuperclassImplementsItLimitsIt() {
		try (LimitedContext context = LimitedContext.of(Adopted.class)) {
			context.bean(Greeting.class).greet();
			assertThat(context.bulkhead("Greeting.greet").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void metaAnnotationWhenItHasAliasesPassesThem() {
		try (LimitedContext context = LimitedContext.of(Meta.class)) {
			Meta bean = context.bean(Meta.class);
			bean.slow();
			bean.named();
			assertThat(context.bulkhead("Meta.slow").max()).isEqualTo(2);
			assertThat(context.bulkhead("special").max()).isEqualTo(5);
		}
	}

	@Test
	void bridgeMethodWhenCalledIsLimitedOnce() {
		try (LimitedContext context = LimitedContext.of(Supplying.class, LimitedContext.ClassProxies.class)) {
			Supplier<?> bean = context.bean(Supplying.class);
			assertThat(bean.get()).isEqualTo("x");
			assertThat(context.rateLimit("Supplying.get").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void beanMethodAnnotationIsRefused() {
		assertRefused(AnnotatedBeanMethod.class, "AnnotatedBeanMethod.text()", "@Bean method");
		assertRefused(AnnotatedConfiguration.class, "AnnotatedConfiguration", "@Configuration class");
	}

	@Test
	void limitersAreAskedForWhenAllSingletonsHaveDeclaredTheirs() {
		try (LimitedContext context = LimitedContext.of(Incomplete.class, Complete.class)) {
			assertThat(context.bulkhead("shared").max()).isEqualTo(4);
		}
	}

	private static List<String> declaredNames(LimitedContext context) {
		return context.declarations().declared.stream()
			.map((declared) -> (declared instanceof BulkheadDeclaration bulkhead) ? bulkhead.name()
					: ((RateLimitDeclaration) declared).name())
			.toList();
	}

	private static void assertRefused(Class<?> component, String where, String problem) {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> LimitedContext.of(component).close())
			.satisfies((ex) -> assertThat(ex).hasStackTraceContaining(problem))
			.havingCause()
			.isInstanceOfSatisfying(InvalidLimitDeclarationException.class, (ex) -> {
				assertThat(ex.where()).endsWith(where);
				assertThat(ex.problem()).contains(problem);
			});
	}

	static class Named {

		@Bulkhead(max = 1)
		public void overloaded(int n) {
		}

		@Bulkhead(max = 1)
		public void overloaded(String s) {
		}

		@Bulkhead("value")
		public void byValue() {
		}

		@Bulkhead(name = "name")
		public void byName() {
		}

		@Bulkhead(value = "same", name = "same")
		public void byBoth() {
		}

	}

	static class Sparse {

		@Bulkhead
		@RateLimited(limit = 5)
		public void both() {
		}

	}

	static class Placeholders {

		@Bulkhead(name = "${limit.name}", max = 1, timeout = "${limit.wait}", maxWaiting = 7)
		@RateLimited(value = "x-${limit.name}", limit = 5, per = "${limit.per}", burst = 3,
				timeout = "${limit.wait2:9s}", maxWaiting = 8)
		public void both() {
		}

	}

	static class TwoNames {

		@Bulkhead(name = "a", value = "b", max = 1)
		public void run() {
		}

	}

	static class BadName {

		@RateLimited(name = "no spaces", rps = 1)
		public void run() {
		}

	}

	static class Base {

		public void inherited() {
		}

	}

	@Bulkhead(max = 3)
	@RateLimited(rps = 1000)
	static class WholeClass extends Base {

		public void plain() {
		}

		@Bulkhead(max = 1)
		public void own() {
		}

		@Override
		public String toString() {
			return "whole";
		}

	}

	@Bulkhead(max = 3)
	static class Aliases extends SimpleAliasRegistry {

	}

	@Bulkhead(max = 3)
	static class Parent {

		@Bulkhead(max = 2)
		public void overridden() {
		}

	}

	static class Child extends Parent {

		@Override
		public void overridden() {
		}

		public void added() {
		}

	}

	@Bulkhead(max = 3)
	interface Api<T> {

		void whole();

		@Bulkhead(max = 1)
		T one(T value);

	}

	interface Other {

		void other();

	}

	static class Impl implements Api<String>, Other {

		@Override
		public void whole() {
		}

		@Override
		public String one(String value) {
			return value;
		}

		@Override
		public void other() {
		}

	}

	interface Greeting {

		@Bulkhead(max = 1)
		void greet();

	}

	static class Greeter {

		public void greet() {
		}

	}

	static class Adopted extends Greeter implements Greeting {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Bulkhead(max = 2)
	@interface Slow {

		@AliasFor(annotation = Bulkhead.class, attribute = "name")
		String name() default "";

		@AliasFor(annotation = Bulkhead.class, attribute = "max")
		int max() default 2;

	}

	static class Meta {

		@Slow
		public void slow() {
		}

		@Slow(name = "special", max = 5)
		public void named() {
		}

	}

	static class Supplying implements Supplier<String> {

		@Override
		@RateLimited(rps = 1000)
		public String get() {
			return "x";
		}

	}

	@Configuration
	static class AnnotatedBeanMethod {

		@Bean
		@Bulkhead(max = 1)
		public String text() {
			return "";
		}

	}

	@Configuration
	@Bulkhead(max = 1)
	static class AnnotatedConfiguration {

		@Bean
		public String text() {
			return "";
		}

	}

	static class Incomplete {

		@Bulkhead("shared")
		public void run() {
		}

	}

	static class Complete {

		@Bulkhead(name = "shared", max = 4)
		public void run() {
		}

	}

}
