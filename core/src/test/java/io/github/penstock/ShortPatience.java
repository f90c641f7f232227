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

package io.github.penstock;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Has a test that waits in vain fail early, where {@code tests.patience} says after how
 * many milliseconds: a mutation that hangs costs a JVM, one that fails does not. What
 * takes long by itself is tagged {@code stress}.
 */
public final class ShortPatience implements BeforeAllCallback, InvocationInterceptor {

	private static final Long MILLIS = Long.getLong("tests.patience");

	private static final ScheduledExecutorService WATCHDOG = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "watchdog");
		thread.setDaemon(true);
		return thread;
	});

	@Override
	public void beforeAll(ExtensionContext context) {
		if (MILLIS != null) {
			Awaitility.setDefaultTimeout(Duration.ofMillis(MILLIS));
		}
	}

	@Override
	public void interceptTestMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> test,
			ExtensionContext context) throws Throwable {
		proceed(invocation, context);
	}

	@Override
	public void interceptTestTemplateMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> test,
			ExtensionContext context) throws Throwable {
		proceed(invocation, context);
	}

	private static void proceed(Invocation<Void> invocation, ExtensionContext context) throws Throwable {
		if (MILLIS == null || context.getTags().contains("stress")) {
			invocation.proceed();
			return;
		}
		Future<?> interrupt = WATCHDOG.schedule(Thread.currentThread()::interrupt, MILLIS, TimeUnit.MILLISECONDS);
		try {
			invocation.proceed();
		}
		finally {
			interrupt.cancel(false);
			if (interrupt.isDone() && !interrupt.isCancelled()) {
				Thread.interrupted();
			}
		}
	}

}
