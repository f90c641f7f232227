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

import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * How long Lincheck searches: the system property {@code lincheck.length} says how many
 * times as many scenarios it tries.
 */
final class Search {

	private static final int LENGTH = Integer.getInteger("lincheck.length", 1);

	/**
	 * So many scenarios are enough for each wrong implementation: the search ends at the
	 * first that shows the fault, and is not to depend on luck to meet it.
	 */
	static final int UNTIL_FOUND = 500;

	/** Its recursion is no loop that never ends, and no other thread sees it. */
	private static final String STACK_ROOM = "io.github.penstock.StackRoom";

	private Search() {
	}

	/** Scenarios whose interleavings are chosen one by one. */
	static ModelCheckingOptions modelChecking(int scenarios) {
		return new ModelCheckingOptions().iterations(scenarios * LENGTH)
			.actorsPerThread(3)
			.addGuarantee(ManagedStrategyGuaranteeKt.forClasses(STACK_ROOM).allMethods().ignore());
	}

	/** Scenarios whose threads run as they like. */
	static StressOptions stress(int scenarios) {
		return new StressOptions().iterations(scenarios * LENGTH)
			.invocationsPerIteration(500)
			.threads(3)
			.actorsPerThread(3);
	}

}
