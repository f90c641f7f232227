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

package io.github.penstock.autoconfigure;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaParameter;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may know whom in this module, and what of it others may see.
 */
class FeatureStructureTests {

	private static final String ROOT = "io.github.penstock";

	private static final JavaClasses MODULE = new ClassFileImporter()
		.importUrl(PenstockAutoConfiguration.class.getProtectionDomain().getCodeSource().getLocation());

	/**
	 * The packages, and which others each one knows besides the core. Features know none.
	 */
	private static final Map<String, Set<String>> KNOWN = Map.ofEntries(Map.entry("actuate", Set.of()),
			Map.entry("aop", Set.of("aop.expression", "reactive")), Map.entry("aop.expression", Set.of("naming")),
			Map.entry("context", Set.of()), Map.entry("http", Set.of()), Map.entry("http.library", Set.of("http")),
			Map.entry("jdbc", Set.of()), Map.entry("micrometer", Set.of()), Map.entry("naming", Set.of()),
			Map.entry("properties", Set.of("actuate", "aop", "http", "naming", "requests")),
			Map.entry("reactive", Set.of()), Map.entry("redis", Set.of()), Map.entry("requests", Set.of("reactive")),
			Map.entry("web", Set.of()));

	/** The one package besides knows them all. */
	private static final String ABOVE_ALL = "autoconfigure";

	private static final Set<String> PACKAGES = KNOWN.keySet();

	/** What a post-processor may have made before itself: nothing that is a bean. */
	private static final Set<Class<?>> EARLY = Set.of(ObjectProvider.class, Environment.class);

	/**
	 * What it may look up: by these names, since to look for a type makes factory beans.
	 */
	private static final Set<String> BEANS = Set.of("environment", "limiterDeclarations", "dataSourceLimits",
			"penstockConfiguredProperties", "httpLimits", "limitBeanPostProcessor");

	/** Public types that nothing in this module needs, and who does. */
	private static final Set<String> FOR_OTHERS = Set.of(
			// META-INF/aop.xml has the weaver find it.
			ROOT + ".aop.LimitAspect",
			// A user's own listener hears it: shared-limits.md.
			ROOT + ".actuate.PermitsLostEvent",
			// A user's own handler makes its answer with it: web.md.
			ROOT + ".web.Refusal",
			// A bean of a user is one: requests.md.
			ROOT + ".requests.RequestKey",
			// An @EventListener takes it: actuator.md.
			ROOT + ".actuate.LimitRefusedEvent",
			// A bean of a user is one: configuration.md.
			ROOT + ".autoconfigure.LimiterRegistrar");

	@ParameterizedTest
	@FieldSource("PACKAGES")
	void packageKnowsTheCoreAndNoOthersThanItMay(String name) {
		Set<String> known = Stream.concat(Stream.of(name), KNOWN.getOrDefault(name, Set.of()).stream())
			.map(FeatureStructureTests::packageOf)
			.collect(Collectors.toSet());
		String[] others = MODULE.stream()
			.map(JavaClass::getPackageName)
			.filter((other) -> !known.contains(other))
			.distinct()
			.toArray(String[]::new);
		assertThat(others).contains(packageOf(ABOVE_ALL));
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage(packageOf(name))
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(others)
			.check(MODULE);
	}

	@Test
	void everyPackageSaysWhatItKnowsOrKnowsThemAll() {
		assertThat(MODULE.stream().map(JavaClass::getPackageName).distinct()).containsExactlyInAnyOrderElementsOf(
				Stream.concat(PACKAGES.stream(), Stream.of(ABOVE_ALL)).map(FeatureStructureTests::packageOf).toList());
	}

	@Test
	void packagesAreFreeOfCycles() {
		SlicesRuleDefinition.slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(MODULE);
	}

	@ParameterizedTest
	@CsvSource({ "org.springframework.boot.., actuate autoconfigure http.library properties",
			"io.micrometer.., micrometer context autoconfigure aop", "javax.sql.., jdbc autoconfigure",
			"com.zaxxer.hikari.., jdbc", "jakarta.servlet.., web actuate aop.expression requests autoconfigure",
			"org.aspectj.., aop", "org.apache.hc.., http.library", "org.eclipse.jetty.., http.library",
			"reactor.netty.., http.library", "io.lettuce.., redis autoconfigure" })
	void libraryIsKnownWhereItIsNeeded(String library, String packages) {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages(
					Arrays.stream(packages.split(" ")).map(FeatureStructureTests::packageOf).toArray(String[]::new))
			.should()
			.dependOnClassesThat()
			.resideInAPackage(library)
			.check(MODULE);
	}

	@Test
	void typeIsPublicForAReason() {
		ArchRuleDefinition.classes()
			.that()
			.arePublic()
			.and()
			.areTopLevelClasses()
			.should(beNeededElsewhere())
			.check(MODULE);
		assertThat(FOR_OTHERS)
			.allSatisfy((name) -> assertThat(MODULE.get(name).getModifiers()).contains(JavaModifier.PUBLIC));
	}

	@Test
	void autoConfigurationIsFinalAndKeepsItsMembersToItself() {
		ArchRuleDefinition.classes()
			.that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.andShould(haveNoPublicMembers())
			.check(MODULE);
	}

	@Test
	void postProcessorHasNoBeanMadeBeforeIt() {
		ArchRuleDefinition.methods()
			.that()
			.areAnnotatedWith(Bean.class)
			.and()
			.haveRawReturnType(DescribedPredicate.or(JavaClass.Predicates.assignableTo(BeanPostProcessor.class),
					JavaClass.Predicates.assignableTo(BeanFactoryPostProcessor.class)))
			.should()
			.beStatic()
			.andShould(takeNoBeans())
			.check(MODULE);
	}

	/** A processed application leaves configuration classes out. */
	@Test
	void beanNeedsNoObjectOfItsConfiguration() {
		ArchRuleDefinition.methods().that().areAnnotatedWith(Bean.class).should().beStatic().check(MODULE);
	}

	private static String packageOf(String name) {
		return ROOT + "." + name;
	}

	private static ArchCondition<JavaClass> beNeededElsewhere() {
		return new ArchCondition<>("be needed outside its package, be part of what is, or be for others") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				boolean needed = FOR_OTHERS.contains(type.getName()) || type.isAnnotatedWith(AutoConfiguration.class)
						|| isUsedOutsideItsPackage(type) || isInASignature(type);
				events.add(new SimpleConditionEvent(type, needed,
						type.getName() + " is public, and nobody outside its package needs it"));
			}

		};
	}

	private static boolean isUsedOutsideItsPackage(JavaClass type) {
		return type.getDirectDependenciesToSelf()
			.stream()
			.anyMatch((use) -> !use.getOriginClass().getPackage().equals(type.getPackage()));
	}

	/** Whether a public type of its package takes it, returns it or is one. */
	private static boolean isInASignature(JavaClass type) {
		return type.getPackage()
			.getClasses()
			.stream()
			.filter((other) -> other != type && other.getModifiers().contains(JavaModifier.PUBLIC))
			.anyMatch((other) -> other.getAllRawSuperclasses().contains(type)
					|| signatures(other).anyMatch(type::equals));
	}

	private static Stream<JavaClass> signatures(JavaClass type) {
		return type.getCodeUnits()
			.stream()
			.filter((unit) -> unit.getModifiers().contains(JavaModifier.PUBLIC))
			.flatMap((unit) -> Stream.concat(unit.getReturnType().getAllInvolvedRawTypes().stream(),
					unit.getParameterTypes().stream().flatMap((given) -> given.getAllInvolvedRawTypes().stream())));
	}

	private static ArchCondition<JavaClass> haveNoPublicMembers() {
		return new ArchCondition<>("have no public members") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				// The constructor that a class has by itself is as public as the class.
				Stream.concat(type.getMethods().stream(), type.getFields().stream())
					.forEach((member) -> events
						.add(new SimpleConditionEvent(member, !member.getModifiers().contains(JavaModifier.PUBLIC),
								member.getFullName() + " is public")));
			}

		};
	}

	private static String parameterName(JavaParameter parameter) {
		return ((JavaMethod) parameter.getOwner()).reflect().getParameters()[parameter.getIndex()].getName();
	}

	private static ArchCondition<JavaMethod> takeNoBeans() {
		return new ArchCondition<>("take what is there before any bean") {

			@Override
			public void check(JavaMethod method, ConditionEvents events) {
				for (JavaParameter parameter : method.getParameters()) {
					events.add(new SimpleConditionEvent(method,
							EARLY.stream().anyMatch(parameter.getRawType()::isEquivalentTo)
									&& BEANS.contains(parameterName(parameter)),
							method.getFullName() + " has " + parameter.getRawType().getName() + " made with it"));
				}
			}

		};
	}

}
