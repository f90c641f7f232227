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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/**
 * The clock of a process, which can be set forward and back while it runs, by libfaketime
 * (Debian: {@code faketime}). Time that is measured between two moments goes on as ever.
 */
final class MovableClock {

	private static final Path LIBRARIES = Path.of("/usr/lib");

	private final Path file;

	/**
	 * Create a clock that is right.
	 * @param directory where the process looks for what it shows
	 */
	MovableClock(Path directory) {
		this.file = directory.resolve("clock");
		set(Duration.ZERO);
	}

	/** Whether there is what it takes, or has to be. */
	static boolean isThere() {
		return Boolean.getBoolean("faketime.required") || library() != null;
	}

	private static Path library() {
		try (DirectoryStream<Path> architectures = Files.newDirectoryStream(LIBRARIES, "*-linux-gnu")) {
			for (Path architecture : architectures) {
				Path library = architecture.resolve("faketime/libfaketimeMT.so.1");
				if (Files.exists(library)) {
					return library;
				}
			}
			return null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	/** Have it show another time than there is. */
	void set(Duration ahead) {
		try {
			Path written = Files.writeString(this.file.resolveSibling("clock-to-be"),
					(ahead.isNegative() ? "" : "+") + ahead.toSeconds() + "\n");
			Files.move(written, this.file, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Map<String, String> environment() {
		Path library = library();
		if (library == null) {
			throw new IllegalStateException("libfaketime is not installed: apt-get install faketime");
		}
		return Map.of("LD_PRELOAD", library.toString(), "FAKETIME_TIMESTAMP_FILE", this.file.toString(),
				"FAKETIME_NO_CACHE", "1", "FAKETIME_DONT_FAKE_MONOTONIC", "1", "DONT_FAKE_MONOTONIC", "1");
	}

}
