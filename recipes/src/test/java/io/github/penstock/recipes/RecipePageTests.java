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

package io.github.penstock.recipes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for docs/recipes.md: what stands there is a part of what is run here, but for
 * white space.
 */
class RecipePageTests {

	private static final Path PAGE = Path.of("../docs/recipes.md");

	private static final Pattern BLOCK = Pattern.compile("^```(java|yaml)\n(.*?)^```$",
			Pattern.MULTILINE | Pattern.DOTALL);

	@ParameterizedTest
	@MethodSource("blocks")
	void blockIsPartOfWhatIsRun(String block) throws IOException {
		assertThat(sources()).anyMatch((source) -> source.contains(block));
	}

	@Test
	void pageHasBlocks() throws IOException {
		assertThat(blocks()).isNotEmpty();
	}

	private static List<String> blocks() throws IOException {
		return BLOCK.matcher(Files.readString(PAGE)).results().map((block) -> withoutSpace(block.group(2))).toList();
	}

	private static List<String> sources() throws IOException {
		try (Stream<Path> files = Files.walk(Path.of("src/test"))) {
			return files.filter((file) -> file.toString().matches(".*\\.(java|yml)"))
				.map(RecipePageTests::read)
				.map(RecipePageTests::withoutSpace)
				.collect(Collectors.toList());
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String withoutSpace(String text) {
		return text.replaceAll("\\s+", "");
	}

}
