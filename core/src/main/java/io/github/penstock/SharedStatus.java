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

import org.jspecify.annotations.Nullable;

/**
 * How a limiter stands that several instances share, as far as this one knows.
 *
 * @param degraded whether the store does not answer, so that what the limiter says of
 * outages holds
 * @param instances how many instances share the store, this one among them, as last seen
 * @param inUse the permits of a bulkhead that are lent over all instances, as of the last
 * answer; {@code null} for a rate limit
 */
public record SharedStatus(boolean degraded, int instances, @Nullable Integer inUse) {
}
