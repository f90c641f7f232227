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

package io.github.penstock.benchmarks.report;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import org.springframework.boot.SpringApplicationAotProcessor;

/**
 * How long an application with 50 annotated beans takes from the start of its process to
 * the end: the application is compiled for each contender, processed ahead of time for
 * some, and run on a class path that has no other contender.
 */
final class StartUps {

	private static final int BEANS = 50;

	private static final int ROUNDS = 7;

	/** Those that are run as processed ahead of time as well, the floor first. */
	private static final Set<Contender> PROCESSED = EnumSet.of(Contender.NONE, Contender.PENSTOCK,
			Contender.PENSTOCK_UNUSED, Contender.PENSTOCK_BULKHEAD, Contender.SPRING);

	private StartUps() {
	}

	static String measure(Report report) throws Exception {
		List<Application> plain = new ArrayList<>();
		List<Application> processed = new ArrayList<>();
		List<Application> cached = new ArrayList<>();
		for (Contender contender : Contender.values()) {
			String classPath = write(contender) + File.pathSeparator + contender.classPath();
			plain.add(new Application(contender, contender.title, classPath, List.of(), new ArrayList<>()));
			if (PROCESSED.contains(contender)) {
				Application application = new Application(contender, contender.title + ", ahead of time",
						process(classPath), List.of("-Dspring.aot.enabled=true"), new ArrayList<>());
				processed.add(application);
				if (Runtime.version().feature() >= 25) {
					cached.add(application.withCache());
				}
			}
		}
		// In turn, so that what slows the machine down slows down all of them.
		for (int round = -1; round < ROUNDS; round++) {
			for (Application application : Stream.of(plain, processed, cached).flatMap(List::stream).toList()) {
				double took = application.run();
				if (round >= 0) {
					application.millis.add(took);
				}
			}
		}
		Table table = new Table(BEANS + " annotated beans", "whole process, ms", "of no limits", "jars added, KiB");
		for (List<Application> applications : List.of(plain, processed, cached)) {
			if (applications.isEmpty()) {
				continue;
			}
			double base = applications.get(0).median();
			for (Application application : applications) {
				table.row(application.title, Numbers.text(application.median()),
						Numbers.ratio(application.median(), base),
						Numbers.text((double) application.contender.kibibytes()));
			}
		}
		return table.toString();
	}

	/** Have Spring generate the definitions of the beans, and return the class path. */
	private static String process(String classPath) throws Exception {
		Path directory = Files.createTempDirectory("start-up");
		Path sources = directory.resolve("sources");
		Path resources = directory.resolve("resources");
		Path classes = directory.resolve("classes");
		Programs.java(classPath,
				List.of("-Dspring.main.web-application-type=none", SpringApplicationAotProcessor.class.getName(),
						"app.Application", sources.toString(), resources.toString(), classes.toString(), "app", "app"));
		String whole = String.join(File.pathSeparator, resources.toString(), classes.toString(), classPath);
		try (Stream<Path> files = Files.walk(sources)) {
			compile(files.map(Path::toString).filter((file) -> file.endsWith(".java")).toList(), whole, classes);
		}
		return whole;
	}

	/** A class path that has jars where this one has directories. */
	private static String jars(String classPath) throws IOException {
		java.util.spi.ToolProvider jar = java.util.spi.ToolProvider.findFirst("jar").orElseThrow();
		List<String> entries = new ArrayList<>();
		for (String entry : classPath.split(File.pathSeparator)) {
			String file = entry;
			if (Files.isDirectory(Path.of(entry))) {
				file = Files.createTempDirectory("start-up").resolve("classes.jar").toString();
				if (jar.run(System.out, System.err, "--create", "--file", file, "-C", entry, ".") != 0) {
					throw new IllegalStateException("No jar can be made of " + entry);
				}
			}
			entries.add(file);
		}
		return String.join(File.pathSeparator, entries);
	}

	private static void compile(List<String> files, String classPath, Path classes) {
		List<String> arguments = new ArrayList<>(
				List.of("-nowarn", "-proc:none", "-parameters", "-cp", classPath, "-d", classes.toString()));
		arguments.addAll(files);
		if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)) != 0) {
			throw new IllegalStateException("The classes of " + classes + " do not compile");
		}
	}

	/** Write and compile the application of a contender. */
	private static Path write(Contender contender) throws IOException {
		Path directory = Files.createTempDirectory("start-up");
		List<String> files = new ArrayList<>();
		files.add(write(directory, "Application",
				"""
						@org.springframework.boot.autoconfigure.SpringBootApplication
						%s
						public class Application {
							public static void main(String[] args) {
								var context = org.springframework.boot.SpringApplication.run(Application.class, args);
								System.out.println("Limited: " + java.util.Arrays.stream(context.getBeanDefinitionNames())
									.filter((name) -> name.startsWith("service"))
									.filter((name) -> org.springframework.aop.support.AopUtils.isAopProxy(context.getBean(name)))
									.count());
								context.close();
							}
						}
						"""
					.formatted(contender.onApplication)));
		for (int bean = 0; bean < BEANS; bean++) {
			files.add(write(directory, "Service" + bean, """
					@org.springframework.stereotype.Component
					public class Service%d {
						%s
						public String call(String argument) {
							return argument;
						}
					}
					""".formatted(bean, contender.onMethod)));
		}
		if (contender == Contender.ASPECT) {
			files.add(write(directory, "Marked", "public @interface Marked {\n}\n".replace("public",
					"@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)\npublic")));
			files.add(write(directory, "Empty", """
					@org.aspectj.lang.annotation.Aspect
					@org.springframework.stereotype.Component
					public class Empty {
						@org.aspectj.lang.annotation.Around("@annotation(app.Marked)")
						public Object around(org.aspectj.lang.ProceedingJoinPoint joinPoint) throws Throwable {
							return joinPoint.proceed();
						}
					}
					"""));
		}
		compile(files, System.getProperty("java.class.path"), directory);
		Files.writeString(directory.resolve("application.properties"), """
				resilience4j.bulkhead.instances.free.max-concurrent-calls=64
				resilience4j.ratelimiter.instances.free.limit-for-period=1000
				""");
		return directory;
	}

	private static String write(Path directory, String name, String text) throws IOException {
		Path file = Files.createDirectories(directory.resolve("app")).resolve(name + ".java");
		Files.writeString(file, "package app;\n\n" + text);
		return file.toString();
	}

	/**
	 * An application that is run.
	 *
	 * @param contender what limits its beans
	 * @param title its row
	 * @param classPath its classes and libraries
	 * @param options for the JVM
	 * @param millis what it took
	 */
	private record Application(Contender contender, String title, String classPath, List<String> options,
			List<Double> millis) {

		double run() throws Exception {
			List<String> arguments = new ArrayList<>(this.options);
			arguments.addAll(List.of("-Dspring.main.banner-mode=off", "-Dspring.main.web-application-type=none",
					"app.Application"));
			long start = System.nanoTime();
			String output = Programs.java(this.classPath, arguments);
			double took = (System.nanoTime() - start) / 1e6;
			if (!output.contains("Limited: " + (this.contender.onMethod.isEmpty() ? 0 : BEANS))) {
				throw new IllegalStateException(this.title + " did not advise its beans: " + output);
			}
			return took;
		}

		/**
		 * The same with what the JDK can keep of a start of it, for which all must be
		 * jars.
		 */
		Application withCache() throws Exception {
			Path cache = Files.createTempDirectory("start-up").resolve("cache");
			Application application = new Application(this.contender, this.title + ", AOT cache", jars(this.classPath),
					Stream.concat(this.options.stream(), Stream.of("-XX:AOTCache=" + cache)).toList(),
					new ArrayList<>());
			new Application(this.contender, this.title, application.classPath,
					Stream.concat(this.options.stream(), Stream.of("-XX:AOTCacheOutput=" + cache)).toList(),
					new ArrayList<>())
				.run();
			return application;
		}

		double median() {
			Collections.sort(this.millis);
			return this.millis.get(this.millis.size() / 2);
		}

	}

	/** What limits the beans. */
	private enum Contender {

		NONE("no limits (floor)", "", "", ""),

		ASPECT("an empty @Aspect", "", "@Marked", ""),

		PENSTOCK("Penstock, both annotations", "",
				"@io.github.penstock.annotation.Bulkhead(max = 64) @io.github.penstock.annotation.RateLimited(rps = 1000)",
				"penstock-(core|spring)"),

		PENSTOCK_UNUSED("Penstock, no annotation", "", "", "penstock-(core|spring)"),

		PENSTOCK_BULKHEAD("Penstock @Bulkhead", "", "@io.github.penstock.annotation.Bulkhead(max = 64)",
				"penstock-(core|spring)"),

		SPRING("Spring @ConcurrencyLimit", "@org.springframework.resilience.annotation.EnableResilientMethods",
				"@org.springframework.resilience.annotation.ConcurrencyLimit(64)", ""),

		RESILIENCE4J("Resilience4j, both annotations", "",
				"@io.github.resilience4j.bulkhead.annotation.Bulkhead(name = \"free\") "
						+ "@io.github.resilience4j.ratelimiter.annotation.RateLimiter(name = \"free\")",
				"resilience4j-(?!reactor)|micrometer-core|HdrHistogram|LatencyUtils");

		private static final String COMMON = "spring-(aop|beans|boot|boot-autoconfigure|context|core|expression)-[0-9].*"
				+ "|(aspectjweaver|commons-logging|jspecify|logback|log4j|jul-to|slf4j|snakeyaml|jakarta\\.annotation|micrometer-(commons|observation)).*";

		private final String title;

		private final String onApplication;

		private final String onMethod;

		private final String jars;

		Contender(String title, String onApplication, String onMethod, String jars) {
			this.title = title;
			this.onApplication = onApplication;
			this.onMethod = onMethod;
			this.jars = jars;
		}

		private String classPath() {
			return entries("(" + COMMON + ")" + (this.jars.isEmpty() ? "" : "|(" + this.jars + ").*"))
				.collect(Collectors.joining(File.pathSeparator));
		}

		private long kibibytes() {
			return this.jars.isEmpty() ? 0
					: entries("(" + this.jars + ").*").mapToLong((jar) -> new File(jar).length()).sum() / 1024;
		}

		private static Stream<String> entries(String names) {
			return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
				.filter((entry) -> new File(entry).getName().matches(names));
		}

	}

}
