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

package io.github.penstock.proof;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Predicate;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the code of the core may not contain (P6, T6, N1).
 */
class CoreStructureTests {

	private static final JavaClasses CORE = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.github.penstock");

	private static final ArchRule UNTIMED = ArchRuleDefinition.noClasses()
		.should()
		.callMethod(LockSupport.class, "park")
		.orShould()
		.callMethod(LockSupport.class, "park", Object.class)
		.orShould()
		.callMethod(Object.class, "wait")
		.orShould()
		.callMethod(Condition.class, "await")
		.orShould()
		.callMethod(Condition.class, "awaitUninterruptibly")
		.orShould()
		.callMethod(Thread.class, "join")
		.orShould()
		.callMethod(Thread.class, "sleep", long.class)
		.orShould()
		.callMethod(Thread.class, "sleep", long.class, int.class);

	private static final ArchRule LOCKS = ArchRuleDefinition.noClasses()
		.should()
		.dependOnClassesThat()
		.belongToAnyOf(Semaphore.class, ReentrantLock.class, ReentrantReadWriteLock.class, StampedLock.class);

	private static final ArchRule MONITORS = ArchRuleDefinition.classes().should(notHold(Bytecode.MONITOR));

	private static final ArchRule DOUBLES = ArchRuleDefinition.classes()
		.that(are("on the way of a token", (name) -> name
			.matches(".*\\.(TokenBucket.*|Tokens|SlidingWindow.*|WaitLine|LineLimiter.*|Supply|.*Waiter.*|Floating)")))
		.should(notHold(Bytecode.FLOATING_POINT));

	@Test
	void coreDependsOnTheJdkAndJSpecifyOnly() {
		ArchRuleDefinition.classes()
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("io.github.penstock..", "java..", "org.jspecify.annotations")
			.check(CORE);
	}

	@Test
	void packagesAreFreeOfCycles() {
		SlicesRuleDefinition.slices().matching("io.github.(**)").should().beFreeOfCycles().check(CORE);
	}

	@Test
	void nobodyWaitsWithoutATime() {
		UNTIMED.check(CORE);
		assertRejected(UNTIMED, Untimed.class);
	}

	@Test
	void nobodyTakesALock() {
		LOCKS.check(CORE);
		assertRejected(LOCKS, Locking.class);
		MONITORS.check(CORE);
		assertRejected(MONITORS, Locking.class);
		ArchRuleDefinition.methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED).check(CORE);
	}

	@Test
	void noTokenIsADouble() {
		DOUBLES.check(CORE);
		assertRejected(DOUBLES, Floating.class);
	}

	private static void assertRejected(ArchRule rule, Class<?> wrong) {
		JavaClasses imported = new ClassFileImporter().importClasses(wrong);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> rule.check(imported));
	}

	private static DescribedPredicate<JavaClass> are(String description, Predicate<String> name) {
		return DescribedPredicate.describe(description, (type) -> name.test(type.getName().replace('$', '.')));
	}

	private static ArchCondition<JavaClass> notHold(Bytecode unwanted) {
		return new ArchCondition<>("not hold " + unwanted) {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				events.add(new SimpleConditionEvent(type, !Bytecode.of(type).contains(unwanted),
						type.getName() + " holds " + unwanted));
			}

		};
	}

	/** Parks, and may never wake (N1). */
	private static final class Untimed {

		void park() {
			LockSupport.park();
		}

	}

	/** Locks in two ways. */
	private static final class Locking {

		private final ReentrantLock lock = new ReentrantLock();

		private int count;

		void count() {
			synchronized (this.lock) {
				this.count++;
			}
		}

	}

	/** Counts tokens in fractions. */
	private static final class Floating {

		private long tokens;

		void refill(long nanos) {
			this.tokens += (long) (nanos * 0.1);
		}

	}

}
