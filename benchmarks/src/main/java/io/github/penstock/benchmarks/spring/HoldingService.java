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

package io.github.penstock.benchmarks.spring;

import java.util.concurrent.CountDownLatch;

/**
 * A bean that keeps the only permit, and has used up the only token.
 */
public abstract class HoldingService extends Service {

	/** The argument of the call that does not end before its thread is interrupted. */
	static final String HOLD = "hold";

	private final CountDownLatch held = new CountDownLatch(1);

	final String hold(String argument) {
		if (HOLD.equals(argument)) {
			this.held.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		return argument;
	}

	/**
	 * Wait for the call that holds.
	 * @throws InterruptedException if that takes too long
	 */
	public void awaitHeld() throws InterruptedException {
		this.held.await();
	}

}
