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

package io.github.penstock.requests;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Finds the rules whose paths may match, in one pass over the path: a tree of characters,
 * in which each pattern stands where the part of it ends that has no wildcards. What it
 * costs is as much of the path as there are patterns for, and the patterns on that way;
 * how many others there are does not count.
 */
final class PathIndex {

	private final Node root = new Node();

	private final boolean caseSensitive;

	PathIndex(List<RequestRule> rules) {
		boolean caseSensitive = true;
		for (RequestRule rule : rules) {
			for (PathTest test : rule.paths().included()) {
				caseSensitive = test.isCaseSensitive();
				Node node = this.root;
				for (char c : test.prefix().toCharArray()) {
					node = node.nextOrNew(c);
				}
				node.add(new Entry(rule, test));
			}
		}
		this.caseSensitive = caseSensitive;
	}

	/**
	 * Find the rules for a path.
	 * @param path the path
	 * @param found hears of each of them, once for each pattern that matches
	 */
	void find(CanonicalPath path, Matches found) {
		Node node = this.root;
		String text = path.text();
		int length = text.length();
		for (int i = 0;; i++) {
			for (Entry entry : node.entries) {
				if (entry.test.matchesBehindPrefix(path)) {
					found.add(entry.rule, path);
				}
			}
			if (i == length) {
				return;
			}
			char c = text.charAt(i);
			Node next = node.next(this.caseSensitive ? c : Character.toLowerCase(c));
			if (next == null) {
				return;
			}
			node = next;
		}
	}

	private static final class Node {

		private static final Entry[] NONE = {};

		private char[] chars = {};

		private Node[] children = {};

		private Entry[] entries = NONE;

		@Nullable Node next(char c) {
			char[] chars = this.chars;
			for (int i = 0; i < chars.length; i++) {
				if (chars[i] == c) {
					return this.children[i];
				}
			}
			return null;
		}

		Node nextOrNew(char c) {
			Node next = next(c);
			if (next == null) {
				next = new Node();
				this.chars = Arrays.copyOf(this.chars, this.chars.length + 1);
				this.chars[this.chars.length - 1] = c;
				this.children = Arrays.copyOf(this.children, this.children.length + 1);
				this.children[this.children.length - 1] = next;
			}
			return next;
		}

		void add(Entry entry) {
			List<Entry> all = new ArrayList<>(Arrays.asList(this.entries));
			all.add(entry);
			this.entries = all.toArray(NONE);
		}

	}

	/**
	 * A pattern of a rule.
	 *
	 * @param rule the rule
	 * @param test the pattern
	 */
	private record Entry(RequestRule rule, PathTest test) {
	}

}
