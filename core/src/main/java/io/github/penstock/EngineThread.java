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

import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * A daemon thread of the limiters' own. It keeps nothing of the thread that happens to
 * need it first: no context class loader, no inheritable thread locals, no thread group,
 * and no access-control context, which holds the class loader of each caller on the
 * stack.
 */
final class EngineThread extends Thread {

	private final Runnable target;

	private EngineThread(Runnable target, String name) {
		super(outermostGroup(), target, name, 0, false);
		this.target = target;
		setDaemon(true);
		setContextClassLoader(EngineThread.class.getClassLoader());
	}

	/** Make a thread, which is not started yet. */
	@SuppressWarnings("removal") // before JDK 24 a thread keeps its maker's context
	static EngineThread create(Runnable target, String name) {
		return AccessController.doPrivileged((PrivilegedAction<EngineThread>) () -> new EngineThread(target, name));
	}

	/** Whether the current thread is one of those that run a {@link Timer}. */
	static boolean isTimer() {
		return Thread.currentThread() instanceof EngineThread thread && thread.target instanceof Timer;
	}

	private static ThreadGroup outermostGroup() {
		ThreadGroup group = Thread.currentThread().getThreadGroup();
		for (ThreadGroup parent = group.getParent(); parent != null; parent = group.getParent()) {
			group = parent;
		}
		return group;
	}

}
