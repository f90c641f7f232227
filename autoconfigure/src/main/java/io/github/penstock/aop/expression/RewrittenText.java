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

package io.github.penstock.aop.expression;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.VariableReference;

/**
 * The text of an expression, with variables for some of its parts.
 */
final class RewrittenText {

	private final String text;

	private final List<Part> parts = new ArrayList<>();

	RewrittenText(String text) {
		this.text = text;
	}

	/**
	 * Replace a path by a variable.
	 * @param first the node that the path begins with
	 * @param last the node that it ends with, or the same
	 * @param variable the name of the variable
	 * @return whether it was replaced: parentheses around a part of it forbid that
	 */
	boolean replace(SpelNode first, SpelNode last, String variable) {
		int start = first.getStartPosition();
		if (first instanceof BeanReference) {
			// The node begins after the sign.
			start = this.text.lastIndexOf('@', start);
		}
		else if (!(first instanceof VariableReference) && !(first instanceof PropertyOrFieldReference)) {
			return false;
		}
		int end = last.getEndPosition();
		if (last instanceof MethodReference) {
			// The node ends with the name of the method.
			end = closing(this.text.indexOf('(', end));
		}
		if (closing(start) < end) {
			return false;
		}
		replace(new Part(start, end, "#" + variable));
		return true;
	}

	private void replace(Part part) {
		this.parts.removeIf((other) -> part.start() <= other.start() && other.end() <= part.end());
		this.parts.add(part);
	}

	/**
	 * Return where what begins at a position is closed: behind the parenthesis that
	 * stands there, or before one that was opened earlier.
	 */
	private int closing(int start) {
		boolean quoted = false;
		int depth = 0;
		for (int i = start; i < this.text.length(); i++) {
			char letter = this.text.charAt(i);
			if (letter == '\'') {
				quoted = !quoted;
			}
			if (!quoted && letter == '(') {
				depth++;
			}
			if (!quoted && letter == ')') {
				depth--;
				if (depth < 0) {
					return i;
				}
				if (depth == 0 && this.text.charAt(start) == '(') {
					return i + 1;
				}
			}
		}
		return this.text.length();
	}

	@Override
	public String toString() {
		StringBuilder rewritten = new StringBuilder(this.text);
		this.parts.stream()
			.sorted(Comparator.comparingInt(Part::start).reversed())
			.forEach((part) -> rewritten.replace(part.start(), part.end(), part.text()));
		return rewritten.toString();
	}

	private record Part(int start, int end, String text) {

	}

}
