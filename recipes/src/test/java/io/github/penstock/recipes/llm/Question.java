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

package io.github.penstock.recipes.llm;

/**
 * What is asked.
 *
 * @param prompt the question
 * @param maxTokens how long the answer may be
 */
record Question(String prompt, int maxTokens) {

	/** Four characters are about a token; the answer counts as well. */
	public int estimate() {
		return this.prompt.length() / 4 + this.maxTokens;
	}

}
