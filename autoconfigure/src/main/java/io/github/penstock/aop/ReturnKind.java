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

package io.github.penstock.aop;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/**
 * How long the work of a method goes on, by what it returns.
 */
enum ReturnKind {

	/** Until the method returns. */
	SYNC,

	/** Until the stage is completed. */
	STAGE,

	/** From each subscription until it ends. */
	PUBLISHER,

	/**
	 * Until what the method turns out to return has ended, such as the response to the
	 * current request.
	 */
	RESPONSE;

	static final boolean REACTIVE_STREAMS_PRESENT = isPresent("org.reactivestreams.Publisher");

	private static final boolean COROUTINES_PRESENT = isPresent("kotlinx.coroutines.reactor.MonoKt")
			&& isPresent("kotlin.reflect.full.KClassifiers");

	static ReturnKind of(LimitedMethod limited) {
		Method method = limited.method();
		if (KotlinDetector.isSuspendingFunction(method)) {
			check(COROUTINES_PRESENT, limited, "a suspending function cannot be held to its end without Reactor",
					"Add org.jetbrains.kotlinx:kotlinx-coroutines-reactor and org.jetbrains.kotlin:kotlin-reflect");
			return PUBLISHER;
		}
		Class<?> type = type(limited);
		if (CompletionStage.class.isAssignableFrom(type)) {
			check(type.isAssignableFrom(CompletableFuture.class), limited,
					"a call that must wait cannot return a " + type.getName() + " at once",
					"Return a CompletionStage or a CompletableFuture");
			return STAGE;
		}
		check(!Future.class.isAssignableFrom(type), limited,
				"nobody can tell when the work behind a " + type.getName() + " ends",
				"Return a CompletableFuture instead");
		check(!BaseStream.class.isAssignableFrom(type), limited,
				"nobody can tell when the work behind a " + type.getName() + " ends",
				"Return a collection, or a Flux, instead");
		if (isPublisher(type, limited)) {
			return PUBLISHER;
		}
		checkBody(limited);
		return ResponseTypes.mayComeLater(method, limited.targetClass()) ? RESPONSE : SYNC;
	}

	private static void checkBody(LimitedMethod limited) {
		Class<?> body = ResponseTypes.bodyType(limited.method(), limited.targetClass());
		check(!ResponseTypes.isEntity(type(limited))
				|| !(CompletionStage.class.isAssignableFrom(body) || isPublisher(body, limited)), limited,
				"the work behind a " + type(limited).getName() + " of a " + body.getName()
						+ " begins when nobody can refuse it any more",
				"Return the " + body.getName() + " itself, or one of a " + type(limited).getSimpleName());
	}

	/** What the method returns, without type variables. */
	static Class<?> type(LimitedMethod limited) {
		return GenericTypeResolver.resolveReturnType(limited.method(), limited.targetClass());
	}

	private static boolean isPublisher(Class<?> type, LimitedMethod limited) {
		ReactiveAdapter adapter = REACTIVE_STREAMS_PRESENT
				? ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) : null;
		if (adapter == null || type == Object.class) {
			return false;
		}
		check(type.isAssignableFrom(adapter.getReactiveType()), limited,
				"a " + type.getName() + " cannot be held to its end",
				"Return a " + adapter.getReactiveType().getName() + " instead");
		return true;
	}

	private static void check(boolean condition, LimitedMethod limited, String problem, String mend) {
		if (!condition) {
			throw new InvalidLimitDeclarationException(limited.where(), problem, mend);
		}
	}

	private static boolean isPresent(String name) {
		return ClassUtils.isPresent(name, ReturnKind.class.getClassLoader());
	}

}
