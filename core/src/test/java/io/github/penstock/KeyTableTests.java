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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is done for all keys.
 */
@Timeout(60)
class KeyTableTests {

	@ParameterizedTest // K1
	@ValueSource(ints = { 2, KeyTable.FEW_KEYS + 2 })
	void whatFailsForOneKeyIsDoneForAllOthers(int keys) {
		KeyTable table = new KeyTable(new ManualTime());
		SemaphoreLimiter limiter = new SemaphoreLimiter("export", ConcurrencyLimiterSpec.of(1), new ManualTime());
		KeyMax max = new KeyMax(limiter, null);
		for (int key = 0; key < keys; key++) {
			KeyPermits held = new KeyPermits(1, max);
			// So that it is not forgotten.
			held.tryTake();
			table.add(key, held, keys);
		}
		Set<Object> done = ConcurrentHashMap.newKeySet();
		try {
			table.forEachSoon((key, supply) -> {
				done.add(key);
				throw new StackOverflowError("of key " + key);
			});
		}
		catch (StackOverflowError ex) {
			// Told where the keys are few.
		}
		await().dontCatchUncaughtExceptions().until(() -> done.size() == keys);
		assertThat(done).hasSize(keys);
	}

}
