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

package io.github.penstock.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.CallableStatement;
import java.sql.DatabaseMetaData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.properties.PenstockProperties;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.AotDetector;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.javapoet.ClassName;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Applications whose beans are defined by generated code, as in a native image, on the
 * JVM.
 */
class AheadOfTimeTests {

	private static final String REQUIRED = "(spring-boot-4|spring-boot-autoconfigure-|spring-(core|beans|context|aop"
			+ "|expression)-|commons-logging-|jspecify-|micrometer-observation-|micrometer-commons-|penstock-)";

	private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

	/** For all applications, as it remembers what is in the libraries. */
	private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);

	@TempDir
	private Path directory;

	@AfterAll
	static void closeFiles() throws IOException {
		FILES.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "nothing", "spring-(jdbc|orm|data|boot-(jdbc|sql|hibernate|jpa|data|flyway|liquibase)).*",
			"((spring-(boot-)?)?graphql|spring-(web|boot-(web|tomcat|servlet|rest|reactor|http))|tomcat|jakarta.servlet).*",
			"(spring-boot-(actuator|micrometer|health)|micrometer-(core|tracing|registry|jakarta)|context-propagation).*",
			"((spring-(boot-)?)?graphql|spring-boot-(restclient|http|webclient|webflux|reactor)|spring-webflux|http(client|core)5|jetty|kotlin"
					+ "|aspectj|reactor|reactive-streams|rxjava|netty).*",
			"(?!" + REQUIRED + ").*" })
	void applicationWithoutALibraryIsProcessedStartsAndLimits(String absent) throws Exception {
		assertThat(ask(absent, "answer")).contains("'Gate.pass'").endsWith("later, max 0");
	}

	/** Each one takes its time at the start. */
	@Test
	void applicationWithNothingButLimitsHasFewBeans() throws Exception {
		assertThat(ask("(?!" + REQUIRED + ").*", "beanNames").split(" ")).filteredOn((name) -> !name.contains("."))
			.containsExactlyInAnyOrder("limitBeanPostProcessor", "limitOrderPostProcessor", "httpLimits",
					"penstockBeans", "penstockConfiguredProperties", "limiterDeclarations", "limiterRegistry",
					"limiterChanges", "limiterEvents", "limiterChangeWatch", "limiterRefresh", "limiterStartup",
					"sharedLimits", "boundedWorkQueueBuilder");
	}

	private String ask(String absent, String question) throws Exception {
		try (URLClassLoader classLoader = new URLClassLoader(classPath(absent), ClassLoader.getPlatformClassLoader())) {
			Thread thread = Thread.currentThread();
			ClassLoader before = thread.getContextClassLoader();
			thread.setContextClassLoader(classLoader);
			try {
				Class<?> application = classLoader.loadClass(Application.class.getName());
				Object initializer = application.getMethod("generate", Path.class).invoke(null, this.directory);
				compile();
				System.setProperty(AotDetector.AOT_ENABLED, "true");
				return (String) application.getMethod(question, String.class).invoke(null, initializer);
			}
			catch (InvocationTargetException ex) {
				throw new IllegalStateException(ex.getCause());
			}
			finally {
				System.clearProperty(AotDetector.AOT_ENABLED);
				thread.setContextClassLoader(before);
			}
		}
	}

	@Test
	void whatIsReflectedOnIsKept() throws Exception {
		RuntimeHints hints = new RuntimeHints();
		Application.generate(this.directory, hints);
		for (Class<?> type : List.of(PenstockProperties.class, PenstockProperties.Bulkhead.class,
				PenstockProperties.RateLimit.class, PenstockProperties.DataSource.class,
				PenstockProperties.HttpClient.class, PenstockProperties.Request.class, PenstockProperties.Aop.class,
				PenstockProperties.Web.class, PenstockProperties.Holders.class, PenstockProperties.Defaults.class)) {
			assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(type.getDeclaredConstructors()[0]))
				.accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection()
				.onMethodInvocation(type.getDeclaredMethod(type.getRecordComponents()[0].getName()))).accepts(hints);
		}
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Desk.class.getDeclaredMethod("later")))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Counter.class.getDeclaredMethod("ask")))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Bulkhead.class.getDeclaredMethod("max")))
			.accepts(hints);
		UnusedSections.lookedFor()
			.map((name) -> ClassUtils.resolveClassName(name, null))
			.forEach((type) -> assertThat(RuntimeHintsPredicates.reflection().onType(type)).accepts(hints));
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(CallableStatement.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(DatabaseMetaData.class)).accepts(hints);
		Field readOnly = ReflectionUtils.findField(LazyConnectionDataSourceProxy.class, "readOnlyDataSource");
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(readOnly)).accepts(hints);
		for (Class<?> builder : List.of(HttpClientBuilder.class, HttpAsyncClientBuilder.class)) {
			assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(builder.getDeclaredField("redirectStrategy")))
				.accepts(hints);
		}
	}

	@Test
	void misplacedAnnotationFailsTheProcessing() {
		// As it would fail the start.
		assertThatThrownBy(() -> Application.generate(this.directory, new RuntimeHints(), Misplaced.class))
			.hasStackTraceContaining("private");
	}

	private void compile() throws IOException {
		Path classes = this.directory.resolve("classes");
		List<Path> classPath = Stream.concat(Stream.of(classes), entries().map(File::toPath)).toList();
		FILES.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
		FILES.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
		try (Stream<Path> files = Files.walk(this.directory)) {
			List<Path> sources = files.filter((file) -> file.toString().endsWith(".java")).toList();
			assertThat(COMPILER
				.getTask(null, FILES, null, List.of("-nowarn", "-proc:none"), null,
						FILES.getJavaFileObjectsFromPaths(sources))
				.call()).isTrue();
		}
	}

	private static Stream<File> entries() {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(File::new);
	}

	private URL[] classPath(String absent) throws IOException {
		List<URL> urls = new ArrayList<>();
		for (String kind : List.of("classes", "resources")) {
			urls.add(Files.createDirectories(this.directory.resolve(kind)).toUri().toURL());
		}
		for (File file : entries().toList()) {
			if (file.isDirectory() || !file.getName().matches(absent)) {
				urls.add(file.toURI().toURL());
			}
		}
		return urls.toArray(URL[]::new);
	}

	/** Runs in a class loader of its own. */
	public static final class Application {

		private Application() {
		}

		/**
		 * Called through reflection.
		 * @param directory where the code goes
		 * @return the class that was generated
		 */
		public static String generate(Path directory) {
			return generate(directory, new RuntimeHints()).reflectionName();
		}

		static ClassName generate(Path directory, RuntimeHints hints, Class<?>... more) {
			AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
			configure(context);
			List<Class<?>> components = new ArrayList<>(List.of(more));
			components.addAll(List.of(OptionalLibrariesTests.Gate.class, Desk.class));
			components.add(Imports.class);
			context.register(components.toArray(Class<?>[]::new));
			DefaultGenerationContext generation = new DefaultGenerationContext(
					new ClassNameGenerator(ClassName.get(AheadOfTimeTests.class)),
					new FileSystemGeneratedFiles(directory), hints);
			System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
			try {
				ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
				generation.writeGeneratedContent();
				return initializer;
			}
			finally {
				System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
			}
		}

		/**
		 * Called through reflection.
		 * @param initializer the class that was generated
		 * @return what the limited beans answer
		 * @throws Exception if there is none
		 */
		public static String answer(String initializer) throws Exception {
			try (GenericApplicationContext context = start(initializer)) {
				checkConfigurationClassesAreGone(context.getBeanDefinitionNames());
				return refusal(context) + " " + context.getBean(Desk.class).ask() + ", max "
						+ context.getBean(LimiterRegistry.class).concurrencyLimiter("desk").max();
			}
		}

		/**
		 * Called through reflection.
		 * @param initializer the class that was generated
		 * @return the names of all beans
		 * @throws Exception if there are none
		 */
		public static String beanNames(String initializer) throws Exception {
			try (GenericApplicationContext context = start(initializer)) {
				return String.join(" ", context.getBeanDefinitionNames());
			}
		}

		@SuppressWarnings("unchecked")
		private static GenericApplicationContext start(String initializer) throws Exception {
			GenericApplicationContext context = new GenericApplicationContext();
			configure(context);
			((ApplicationContextInitializer<GenericApplicationContext>) Class
				.forName(initializer, true, Thread.currentThread().getContextClassLoader())
				.getDeclaredConstructor()
				.newInstance()).initialize(context);
			context.refresh();
			return context;
		}

		/** Their bean methods are static, and to look at them takes time. */
		private static void checkConfigurationClassesAreGone(String[] beanNames) {
			for (String name : beanNames) {
				if (name.startsWith("io.github.penstock.autoconfigure.Penstock")) {
					throw new IllegalStateException(name + " is a bean");
				}
			}
		}

		private static void configure(GenericApplicationContext context) {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("desk",
						Map.of("penstock.bulkheads.desk.max", "0", "penstock.bulkheads.desk.timeout", "0s")));
		}

		private static String refusal(GenericApplicationContext context) {
			try {
				context.getBean(OptionalLibrariesTests.Gate.class).pass();
				return "none";
			}
			catch (BulkheadFullException ex) {
				return ex.toString();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(OurAutoConfigurations.class)
	static class Imports {

	}

	/** By name, so that their conditions are read before they are loaded. */
	static class OurAutoConfigurations implements DeferredImportSelector {

		@Override
		public String[] selectImports(AnnotationMetadata importing) {
			Class<?>[] classes = ImportCandidates.load(AutoConfiguration.class, null)
				.getCandidates()
				.stream()
				.filter((name) -> name.startsWith("io.github.penstock."))
				.map((name) -> ClassUtils.resolveClassName(name, null))
				.toArray(Class<?>[]::new);
			return Stream.of(Configurations.getClasses(AutoConfigurations.of(classes)))
				.map(Class::getName)
				.toArray(String[]::new);
		}

	}

	/** What is limited by its interface. */
	public interface Counter {

		/**
		 * Refused.
		 * @return an answer
		 */
		@Bulkhead(name = "desk", max = 5, fallback = "later")
		String ask();

	}

	/** Public, for its proxy is in another class loader. */
	public static class Desk implements Counter {

		@Override
		public String ask() {
			return "now";
		}

		String later() {
			return "later";
		}

	}

	static class Misplaced {

		@Bulkhead(max = 1)
		private void pass() {
		}

	}

}
