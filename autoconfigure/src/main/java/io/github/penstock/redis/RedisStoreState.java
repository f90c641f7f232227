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

package io.github.penstock.redis;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How a {@link RedisLimiterStore} fares.
 *
 * @param up whether Redis answers
 * @param since since when that is so
 * @param cause why it does not, {@code null} if it does
 * @param instances how many instances share the store
 * @param questions how many questions were sent
 * @param failures how many of them were not answered in time, or not at all
 * @param refused how many were not sent, for Redis did not answer
 * @param answerTime how long all answers together took
 * @param lastAnswerTime how long answers take at the moment, about
 */
public record RedisStoreState(boolean up, Instant since, @Nullable String cause, int instances, long questions,
		long failures, long refused, Duration answerTime, Duration lastAnswerTime) {
}
