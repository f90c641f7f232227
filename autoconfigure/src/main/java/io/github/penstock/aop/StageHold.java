package io.github.penstock.aop;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.github.penstock.Limits;
import io.github.penstock.Permit;

/**
 * Holds a permit until a stage is completed.
 */
final class StageHold {

	private StageHold() {
	}

	/**
	 * Share the permit that the current thread has entered with, and give the share back
	 * when the stage is completed, or cannot tell when it is.
	 */
	static void hold(CompletionStage<?> stage, Limits limits) {
		Permit permit = limits.share();
		boolean held = false;
		try {
			stage.whenComplete((value, failure) -> {
				limits.settle(value, (failure instanceof CompletionException && failure.getCause() != null)
						? failure.getCause() : failure);
				permit.close();
			});
			held = true;
		}
		finally {
			if (!held) {
				permit.close();
			}
		}
	}

}
