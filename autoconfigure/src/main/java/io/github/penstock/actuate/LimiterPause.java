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

package io.github.penstock.actuate;

import java.time.Duration;

/**
 * How far a client of a remote service holds its calls back because the service asked for
 * it, whatever its limiters would let in.
 *
 * @param client the name of the client
 * @param paused how long from now no call begins; zero if they do
 * @param restoring how long from now until the old pace is back
 */
public record LimiterPause(String client, Duration paused, Duration restoring) {
}
