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

package io.github.penstock.naming;

import java.util.Collection;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Finds the name that somebody may have meant.
 */
public final class NearestName {

	private NearestName() {
	}

	/**
	 * Return the candidate with the fewest edits.
	 * @param written what was written
	 * @param candidates what there is
	 * @return one of them, {@code null} if all have too many edits
	 */
	public static @Nullable String of(String written, Collection<String> candidates) {
		String nearest = null;
		int fewest = 1 + Math.max(1, written.length() / 3);
		for (String candidate : candidates) {
			int edits = distance(written.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
			if (edits < fewest) {
				nearest = candidate;
				fewest = edits;
			}
		}
		return nearest;
	}

	/**
	 * Return the edits to the candidate that has the fewest.
	 * @param written what was written
	 * @param candidates what there is
	 * @return the number of edits, {@link Integer#MAX_VALUE} if there is no candidate
	 */
	public static int edits(String written, Collection<String> candidates) {
		return candidates.stream()
			.mapToInt((candidate) -> distance(written.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT)))
			.min()
			.orElse(Integer.MAX_VALUE);
	}

	/** Letters to insert, delete, replace, or swap with their neighbour. */
	private static int distance(String left, String right) {
		int[][] edits = new int[left.length() + 1][right.length() + 1];
		for (int i = 0; i <= left.length(); i++) {
			for (int j = 0; j <= right.length(); j++) {
				if (i == 0 || j == 0) {
					edits[i][j] = i + j;
					continue;
				}
				int replaced = edits[i - 1][j - 1] + ((left.charAt(i - 1) != right.charAt(j - 1)) ? 1 : 0);
				edits[i][j] = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
				if (isSwapped(left, right, i, j)) {
					edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
				}
			}
		}
		return edits[left.length()][right.length()];
	}

	private static boolean isSwapped(String left, String right, int i, int j) {
		return i > 1 && j > 1 && left.charAt(i - 1) == right.charAt(j - 2) && left.charAt(i - 2) == right.charAt(j - 1);
	}

}
