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

/**
 * Two cache lines of nothing, see {@link TokenWord}.
 */
@SuppressWarnings("unused")
abstract class PaddingAfterWord extends TokenWord {

	private long p16;

	private long p17;

	private long p18;

	private long p19;

	private long p20;

	private long p21;

	private long p22;

	private long p23;

	private long p24;

	private long p25;

	private long p26;

	private long p27;

	private long p28;

	private long p29;

	private long p30;

	private long p31;

}
