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

package io.github.penstock.benchmarks.scale;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.tools.ToolProvider;

import io.github.penstock.benchmarks.spring.Framework;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * How long an application takes to start that has many annotated methods: beans of up to
 * a hundred methods each, all with a limit of their own.
 */
final class ManyMethods {

	private static final int METHODS_OF_A_BEAN = 100;

	private ManyMethods() {
	}

	/**
	 * Measure.
	 * @param args what limits them, how many methods
	 */
	public static void main(String[] args) throws Exception {
		Framework framework = Framework.valueOf(args[0]);
		int count = Integer.parseInt(args[1]);
		// What the first application takes alone is another matter.
		framework.start(beans(framework, 1, "warmup")).close();
		Class<?>[] beans = beans(framework, count, "measured");
		long start = System.nanoTime();
		try (ConfigurableApplicationContext context = framework.start(beans)) {
			Result.print(Map.of("startMillis", Usage.millis(System.nanoTime() - start), "beans",
					context.getBeanDefinitionCount()));
		}
	}

	private static Class<?>[] beans(Framework framework, int methods, String name) throws Exception {
		Path directory = Files.createTempDirectory("many-methods");
		List<String> arguments = new ArrayList<>(List.of("-proc:none", "-parameters", "-cp",
				System.getProperty("java.class.path"), "-d", directory.toString()));
		List<String> types = new ArrayList<>();
		for (int first = 0; first < methods; first += METHODS_OF_A_BEAN) {
			String type = name + "Service" + first;
			StringBuilder text = new StringBuilder("public class " + type + " {\n");
			for (int method = first; method < Math.min(methods, first + METHODS_OF_A_BEAN); method++) {
				text.append(annotation(framework, method))
					.append(" public String call%d(String argument) { return argument; }\n".formatted(method));
			}
			Path file = directory.resolve(type + ".java");
			Files.writeString(file, text.append("}\n"));
			arguments.add(file.toString());
			types.add(type);
		}
		if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)) != 0) {
			throw new IllegalStateException("The beans do not compile");
		}
		ClassLoader classLoader = new URLClassLoader(new URL[] { directory.toUri().toURL() },
				ManyMethods.class.getClassLoader());
		Thread.currentThread().setContextClassLoader(classLoader);
		List<Class<?>> beans = new ArrayList<>();
		for (String type : types) {
			beans.add(classLoader.loadClass(type));
		}
		return beans.toArray(Class<?>[]::new);
	}

	/** What is written before a method. */
	private static String annotation(Framework framework, int method) {
		return switch (framework) {
			case NONE -> "";
			case PENSTOCK -> "@io.github.penstock.annotation.Bulkhead(max = 64)";
			case SPRING -> "@org.springframework.resilience.annotation.ConcurrencyLimit(64)";
			case RESILIENCE4J -> "@io.github.resilience4j.bulkhead.annotation.Bulkhead(name = \"call" + method + "\")";
			default -> throw new IllegalArgumentException(framework.name());
		};
	}

}
