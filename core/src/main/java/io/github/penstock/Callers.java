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

import java.util.Set;

/**
 * Finds out who calls, below all that only passes calls on.
 */
final class Callers {

	private static final StackWalker WALKER = StackWalker.getInstance();

	private static final String OURS = "io.github.penstock";

	private static final Set<String> PASSING = Set.of("", ".aop", ".http", ".jdbc", ".work");

	private static final String[] FOREIGN = { "java.", "javax.", "jdk.", "sun.", "org.springframework.", "reactor.",
			"kotlin.", "kotlinx.", "io.micrometer.", "org.apache.tomcat.", "org.apache.catalina.", "com.zaxxer.",
			"org.aspectj." };

	private Callers() {
	}

	/** The method, such as {@code com.acme.Orders.place}. */
	static String find() {
		return WALKER.walk((frames) -> frames.filter((frame) -> !isPassing(frame.getClassName()))
			.findFirst()
			.map((frame) -> plain(frame.getClassName()) + "." + frame.getMethodName())
			.orElse("unknown"));
	}

	private static boolean isPassing(String name) {
		if (name.startsWith(OURS)) {
			int end = name.lastIndexOf('.');
			return PASSING.contains(name.substring(OURS.length(), Math.max(end, OURS.length())));
		}
		for (String foreign : FOREIGN) {
			if (name.startsWith(foreign)) {
				return true;
			}
		}
		return false;
	}

	/** Without what a proxy class adds. */
	private static String plain(String name) {
		int proxy = name.indexOf("$$");
		return (proxy > 0) ? name.substring(0, proxy) : name;
	}

}
