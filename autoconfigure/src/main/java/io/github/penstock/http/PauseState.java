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

package io.github.penstock.http;

import java.time.Duration;

/**
 * How far the requests of a client are held back because its server answered 429 or 503
 * and asked for a pause.
 *
 * @param paused how long no request begins, from now on; zero if they do
 * @param restoring how long from now until the old pace is back and a request that comes
 * then need not wait; zero if nothing is held back
 * @param waiting how many requests wait for their time
 * @param learned how often a server has asked for a pause
 */
public record PauseState(Duration paused, Duration restoring, int waiting, long learned) {
}
