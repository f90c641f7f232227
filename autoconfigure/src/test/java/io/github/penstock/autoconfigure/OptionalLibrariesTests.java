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
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.annotation.Bulkhead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that each optional library is optional.
 */
class OptionalLibrariesTests {

	private static final List<String> REQUIRED = List.of("spring-boot-4", "spring-boot-autoconfigure-", "spring-core-",
			"spring-beans-", "spring-context-", "spring-aop-", "spring-expression-", "commons-logging-", "jspecify-",
			"micrometer-observation-", "micrometer-commons-", "penstock-core-");

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.web", "org.springframework.web.reactive",
			"org.springframework.web.servlet", "jakarta.servlet", "org.springframework.jdbc",
			"org.springframework.transaction", "org.springframework.boot.jdbc", "com.zaxxer.hikari",
			"org.springframework.boot.actuate", "org.springframework.boot.health",
			"org.springframework.boot.restclient", "org.springframework.boot.webclient",
			"org.springframework.boot.http", "org.apache.hc", "org.eclipse.jetty", "reactor.netty",
			"io.micrometer.core", "io.micrometer.tracing", "io.micrometer.context", "reactor", "org.reactivestreams",
			"org.aspectj", "kotlin", "kotlinx", "io.reactivex", "org.springframework.graphql",
			"org.springframework.boot.graphql", "graphql", "io.lettuce", "org.springframework.boot.data.redis" })
	void contextWhenOneIsAbsentStartsAndLimits(String packageName) {
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader(packageName))
			.withConfiguration(AutoConfigurations.of(autoConfigurations()))
			.withBean(Gate.class)
			.run((context) -> assertThatExceptionOfType(BulkheadFullException.class)
				.isThrownBy(context.getBean(Gate.class)::pass));
	}

	@Test
	void applicationWhenAllAreAbsentStartsAndLimits() throws Exception {
		try (URLClassLoader classLoader = new URLClassLoader(requiredClassPath(),
				ClassLoader.getPlatformClassLoader())) {
			Class<?> application = classLoader.loadClass(Application.class.getName());
			assertThat(application.getClassLoader()).isSameAs(classLoader);
			Thread thread = Thread.currentThread();
			ClassLoader before = thread.getContextClassLoader();
			thread.setContextClassLoader(classLoader);
			try {
				Object refusal = application.getDeclaredMethod("refusal").invoke(null);
				assertThat(refusal).asString().contains("'Gate.pass'");
			}
			catch (InvocationTargetException ex) {
				throw new IllegalStateException(ex.getCause());
			}
			finally {
				thread.setContextClassLoader(before);
			}
		}
	}

	private static Class<?>[] autoConfigurations() {
		List<Class<?>> classes = new ArrayList<>();
		for (String name : ImportCandidates.load(AutoConfiguration.class, null)) {
			if (name.startsWith("io.github.penstock.")) {
				classes.add(ClassUtils.resolveClassName(name, null));
			}
		}
		assertThat(classes).contains(PenstockAutoConfiguration.class, PenstockAopAutoConfiguration.class);
		return classes.toArray(Class<?>[]::new);
	}

	static URL[] requiredClassPath() throws MalformedURLException {
		List<URL> urls = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			File file = new File(entry);
			if (file.isDirectory() || REQUIRED.stream().anyMatch(file.getName()::startsWith)) {
				urls.add(file.toURI().toURL());
			}
		}
		assertThat(urls).hasSizeGreaterThan(REQUIRED.size());
		return urls.toArray(URL[]::new);
	}

	/** Runs in a class loader of its own. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class Application {

		/** Called through reflection. */
		public static String refusal() {
			SpringApplicationBuilder builder = new SpringApplicationBuilder(Application.class, Gate.class);
			try (ConfigurableApplicationContext context = builder.web(WebApplicationType.NONE)
				.properties("spring.main.banner-mode=off")
				.run()) {
				context.getBean(Gate.class).pass();
				return "none";
			}
			catch (BulkheadFullException ex) {
				return ex.toString();
			}
		}

	}

	/** Public, for its proxy is in another class loader. */
	public static class Gate {

		/** Refused. */
		@Bulkhead(max = 0, timeout = "0")
		public void pass() {
		}

	}

}
