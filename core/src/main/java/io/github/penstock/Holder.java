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

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A call that holds a permit, or waits for a permit or a token. Its texts have no line
 * breaks: those that come from {@code ConcurrencyLimiter.holders} and {@code waiters} are
 * as {@link VisibleText} has them.
 *
 * @param id tells it from all others of its limiter
 * @param what the method that asked for it, such as {@code com.acme.Orders.place}, as far
 * as it is known
 * @param thread the name of the thread that asked for it
 * @param trace the id of the trace that the call is part of, {@code null} if nobody knows
 * @param age how long it has held the permit, or waited
 */
public record Holder(long id, String what, String thread, @Nullable String trace, Duration age) {
}
