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

package io.github.penstock;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Finds out how much room there is on the stack where {@link StackRoom} has found some.
 */
final class RoomOnStack {

	private static final int STACK = 512 * 1024;

	private int deepest;

	/** What is there at the least, once everything is compiled. */
	static int measure() throws InterruptedException {
		RoomOnStack room = new RoomOnStack();
		int all = 0;
		int checked = 0;
		// Not the first ones, of which a part is interpreted.
		for (int round = 0; round < 100; round++) {
			all = room.deepest(false);
			checked = room.deepest(true);
		}
		assertThat(checked).isPositive();
		// As if but half of the stack were there for frames.
		return (int) ((double) STACK / 2 / all * (all - checked));
	}

	private int deepest(boolean checked) throws InterruptedException {
		Thread thread = new Thread(null, () -> fill(checked), "room-on-stack", STACK);
		thread.start();
		thread.join();
		return this.deepest;
	}

	private void fill(boolean checked) {
		try {
			goDown(1, checked);
		}
		catch (StackOverflowError ex) {
			// That was the end.
		}
	}

	private int goDown(int depth, boolean checked) {
		if (checked) {
			StackRoom.check();
		}
		this.deepest = depth;
		return goDown(depth + 1, checked) + 1;
	}

}
