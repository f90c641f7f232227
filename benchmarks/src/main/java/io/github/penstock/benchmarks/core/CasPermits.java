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

package io.github.penstock.benchmarks.core;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The least that a limit of concurrency can be: one word, a compare-and-set to take and
 * one to give back. It does not wait, has no line, no counters and no changing limit.
 */
final class CasPermits extends AtomicLong implements Permits {

	private static final long serialVersionUID = 1L;

	private final int max;

	CasPermits(int max) {
		this.max = max;
	}

	@Override
	public void around(Runnable body) {
		if (!tryTake()) {
			throw Refusals.STACKLESS;
		}
		try {
			body.run();
		}
		finally {
			giveBack();
		}
	}

	boolean tryTake() {
		while (true) {
			long inUse = get();
			if (inUse >= this.max) {
				return false;
			}
			if (compareAndSet(inUse, inUse + 1)) {
				return true;
			}
		}
	}

	private void giveBack() {
		long inUse;
		do {
			inUse = get();
		}
		while (!compareAndSet(inUse, inUse - 1));
	}

}
