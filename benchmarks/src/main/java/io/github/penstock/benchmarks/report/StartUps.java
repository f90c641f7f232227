package io.github.penstock.benchmarks.report;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

/**
 * How long an application with 50 annotated beans takes from the start of its process to
 * the end: the application is compiled for each contender, and run on a class path that
 * has no other contender.
 */
final class StartUps {

	private static final int BEANS = 50;

	private static final int ROUNDS = 7;

	private StartUps() {
	}

	static String measure(Report report) throws Exception {
		Map<Contender, Path> applications = new EnumMap<>(Contender.class);
		for (Contender contender : Contender.values()) {
			applications.put(contender, compile(contender));
		}
		Map<Contender, List<Double>> millis = new EnumMap<>(Contender.class);
		// In turn, so that what slows the machine down slows down all of them.
		for (int round = -1; round < ROUNDS; round++) {
			for (Contender contender : Contender.values()) {
				double took = run(contender, applications.get(contender));
				if (round >= 0) {
					millis.computeIfAbsent(contender, (key) -> new ArrayList<>()).add(took);
				}
			}
		}
		Table table = new Table(BEANS + " annotated beans", "whole process, ms", "of no limits", "jars added, KiB");
		double base = median(millis.get(Contender.NONE));
		for (Contender contender : Contender.values()) {
			double median = median(millis.get(contender));
			table.row(contender.title, Numbers.text(median), Numbers.ratio(median, base),
					Numbers.text((double) contender.kibibytes()));
		}
		return table.toString();
	}

	private static double median(List<Double> values) {
		Collections.sort(values);
		return values.get(values.size() / 2);
	}

	private static double run(Contender contender, Path application) throws Exception {
		long start = System.nanoTime();
		String output = Programs.java(application + File.pathSeparator + contender.classPath(),
				List.of("-Dspring.main.banner-mode=off", "-Dspring.main.web-application-type=none", "app.Application"));
		if (!output.contains("Limited: " + ((contender != Contender.NONE) ? BEANS : 0))) {
			throw new IllegalStateException(contender + " did not advise its beans: " + output);
		}
		return (System.nanoTime() - start) / 1e6;
	}

	private static Path compile(Contender contender) throws IOException {
		Path directory = Files.createTempDirectory("start-up");
		List<String> arguments = new ArrayList<>(List.of("-proc:none", "-parameters", "-cp",
				System.getProperty("java.class.path"), "-d", directory.toString()));
		arguments.add(write(directory, "Application",
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
			arguments.add(write(directory, "Service" + bean, """
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
			arguments.add(write(directory, "Marked", "public @interface Marked {\n}\n".replace("public",
					"@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)\npublic")));
			arguments.add(write(directory, "Empty", """
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
		if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)) != 0) {
			throw new IllegalStateException("The application of " + contender + " does not compile");
		}
		Files.writeString(directory.resolve("application.properties"),
				"resilience4j.bulkhead.instances.free.max-concurrent-calls=64\n");
		return directory;
	}

	private static String write(Path directory, String name, String text) throws IOException {
		Path file = Files.createDirectories(directory.resolve("app")).resolve(name + ".java");
		Files.writeString(file, "package app;\n\n" + text);
		return file.toString();
	}

	/** What limits the beans. */
	private enum Contender {

		NONE("no limits (floor)", "", "", ""),

		ASPECT("an empty @Aspect", "", "@Marked", ""),

		PENSTOCK("Penstock @Bulkhead", "", "@io.github.penstock.annotation.Bulkhead(max = 64)",
				"penstock-(core|spring)"),

		SPRING("Spring @ConcurrencyLimit", "@org.springframework.resilience.annotation.EnableResilientMethods",
				"@org.springframework.resilience.annotation.ConcurrencyLimit(64)", ""),

		RESILIENCE4J("Resilience4j @Bulkhead", "",
				"@io.github.resilience4j.bulkhead.annotation.Bulkhead(name = \"free\")",
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
