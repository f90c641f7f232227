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
