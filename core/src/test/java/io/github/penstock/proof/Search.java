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
