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

package io.github.penstock.recipes.alerts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the recipe of what to alert on: each rule of the file has its entry there,
 * and no other.
 */
class AlertRecipeTests {

	private static final Path DOCS = Path.of("..", "docs");

	private static final Pattern RULE = Pattern.compile("^ *- alert: (\\w+)$", Pattern.MULTILINE);

	private static final Pattern ENTRY = Pattern.compile("^### (Penstock\\w+)$", Pattern.MULTILINE);

	private static final Pattern NAME = Pattern.compile("`(Penstock[A-Z]\\w+)`");

	@Test
	void eachAlertHasItsEntryInTheOrderOfTheFile() throws IOException {
		assertThat(find(RULE, "prometheus-alerts.yml")).hasSizeGreaterThan(5)
			.containsExactlyElementsOf(find(ENTRY, "recipes.md"));
	}

	@Test
	void eachAlertIsInTheTableOfThePageAboutMetrics() throws IOException {
		assertThat(find(NAME, "metrics.md")).containsExactlyInAnyOrderElementsOf(find(RULE, "prometheus-alerts.yml"));
	}

	private static List<String> find(Pattern pattern, String file) throws IOException {
		return pattern.matcher(Files.readString(DOCS.resolve(file))).results().map((match) -> match.group(1)).toList();
	}

}
