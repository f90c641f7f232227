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

import org.jspecify.annotations.Nullable;

import org.springframework.core.NativeDetector;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.spel.CompiledExpression;
import org.springframework.expression.spel.SpelCompilerMode;
import org.springframework.expression.spel.SpelParserConfiguration;
import org.springframework.expression.spel.ast.SpelNodeImpl;
import org.springframework.expression.spel.standard.SpelCompiler;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/**
 * The value of what only the expression engine knows how to read.
 *
 * <p>
 * We compile ourselves: the engine's own mode compiles anew after each failure, and a
 * caller that sends what fails would have it do so for ever. Compiled code is made for
 * the types that were seen. What it cannot take is interpreted, and after too many of
 * those it is not used any more.
 */
final class SpelValue implements CallValue {

	/** So many calls tell the types; then at each power of two, up to the last. */
	private static final int FIRST_COMPILATION = 64;

	private static final int LAST_COMPILATION = 1 << 14;

	private static final int MOST_MISFITS = 1000;

	private final SpelExpression expression;

	private final CallVariables variables;

	private final @Nullable ClassLoader classLoader;

	private volatile @Nullable CompiledExpression compiled;

	/** How often it was interpreted; threads that race may lose some. */
	private int interpreted;

	private int misfits;

	SpelValue(String text, CallVariables variables, @Nullable ClassLoader classLoader, boolean isCompilable) {
		this.expression = parse(text, classLoader);
		this.variables = variables;
		this.classLoader = classLoader;
		this.interpreted = isCompilable ? 0 : LAST_COMPILATION;
	}

	static SpelExpression parse(String text, @Nullable ClassLoader classLoader) {
		return new SpelExpressionParser(new SpelParserConfiguration(SpelCompilerMode.OFF, classLoader)).parseRaw(text);
	}

	@Override
	public @Nullable Object of(@Nullable Object[] arguments, @Nullable Object result, @Nullable Throwable error,
			@Nullable String principal) {
		SpelScope scope = new SpelScope(this.variables, arguments, result, error, principal);
		CompiledExpression code = this.compiled;
		return (code != null) ? run(code, scope) : interpret(scope);
	}

	private @Nullable Object run(CompiledExpression code, SpelScope scope) throws EvaluationException {
		try {
			return code.getValue(null, scope);
		}
		catch (ClassCastException | NullPointerException | LinkageError ex) {
			// Other types than those it was made for, or null: the engine knows, or says
			// it better.
			Object value = this.expression.getValue(scope);
			if (++this.misfits > MOST_MISFITS) {
				this.interpreted = LAST_COMPILATION;
				this.compiled = null;
			}
			return value;
		}
	}

	private @Nullable Object interpret(SpelScope scope) {
		Object value = this.expression.getValue(scope);
		int count = this.interpreted;
		if (count < LAST_COMPILATION) {
			this.interpreted = ++count;
			if (count >= FIRST_COMPILATION && Integer.bitCount(count) == 1) {
				compile();
			}
		}
		return value;
	}

	/** Whether it runs as compiled code, for tests. */
	boolean isCompiled() {
		return this.compiled != null;
	}

	private void compile() {
		if (!NativeDetector.inNativeImage()) {
			this.compiled = SpelCompiler.getCompiler(this.classLoader).compile((SpelNodeImpl) this.expression.getAST());
		}
	}

}
