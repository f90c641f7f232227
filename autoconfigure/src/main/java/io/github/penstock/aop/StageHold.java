package io.github.penstock.aop;

import java.util.concurrent.CompletionStage;

import io.github.penstock.Permit;

/**
 * Holds a permit until a stage is completed.
 */
final class StageHold {

	private StageHold() {
	}

	/** Give the permit back when the stage is completed, or cannot tell when it is. */
	static void hold(CompletionStage<?> stage, Permit permit) {
		boolean held = false;
		try {
			stage.whenComplete((value, failure) -> permit.close());
			held = true;
		}
		finally {
			if (!held) {
				permit.close();
			}
		}
	}

}
