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

import org.jspecify.annotations.Nullable;

/**
 * Shares of a hundred as people write them: {@code 25%}, or {@code 25}.
 */
public final class PercentText {

	private PercentText() {
	}

	/**
	 * Read a share.
	 * @param text the text
	 * @return the share, be it in range or not; {@code null} if the text is no whole
	 * number of percent
	 */
	public static @Nullable Integer read(String text) {
		return NumberText.integer((text.endsWith("%")) ? text.substring(0, text.length() - 1) : text);
	}

	/**
	 * Write a share.
	 * @param percent the share
	 * @return the text, such as {@code 25%}
	 */
	public static String of(int percent) {
		return percent + "%";
	}

}
