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

import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with annotations, no configuration and none of the optional libraries.
 * Each bean takes its time at the start, and so does each class that Spring reads.
 */
class LeanStartTests {

	private static final Set<String> read = new TreeSet<>();

	private static String[] beans;

	@BeforeAll
	static void startApplication() throws Exception {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		try (Reading classLoader = new Reading(OptionalLibrariesTests.requiredClassPath())) {
			thread.setContextClassLoader(classLoader);
			beans = (String[]) classLoader.loadClass(Application.class.getName())
				.getDeclaredMethod("beanNames")
				.invoke(null);
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	@Test
	void beansAreFew() {
		assertThat(beans).containsExactlyInAnyOrder("limitBeanPostProcessor", "limitOrderPostProcessor",
				"penstockBeans", "penstockConfiguredProperties", "limiterDeclarations", "limiterRegistry",
				"limiterChanges", "limiterEvents", "limiterChangeWatch", "limiterStartup", "boundedWorkQueueBuilder",
				PenstockAutoConfiguration.class.getName(), PenstockAopAutoConfiguration.class.getName(),
				PenstockWorkAutoConfiguration.class.getName());
	}

	@Test
	void configurationsWithinOthersAreNotRead() {
		assertThat(read).containsExactlyInAnyOrder("PenstockAopAutoConfiguration", "PenstockAutoConfiguration",
				"PenstockDataSourceAutoConfiguration", "PenstockHttpClientAutoConfiguration",
				"PenstockObservationAutoConfiguration", "PenstockRedisAutoConfiguration",
				"PenstockRequestAutoConfiguration", "PenstockWorkAutoConfiguration");
	}

	/** Knows which of our configurations were read as files. */
	private static final class Reading extends URLClassLoader {

		private static final String DIRECTORY = "io/github/penstock/autoconfigure/Penstock";

		Reading(URL[] urls) {
			super(urls, ClassLoader.getPlatformClassLoader());
		}

		/** The stand-in for Spring Cloud is no part of the application. */
		@Override
		protected Class<?> findClass(String name) throws ClassNotFoundException {
			if (name.startsWith("org.springframework.cloud.")) {
				throw new ClassNotFoundException(name);
			}
			return super.findClass(name);
		}

		@Override
		public InputStream getResourceAsStream(String name) {
			if (name.startsWith(DIRECTORY) && name.endsWith(".class")) {
				read.add(name.substring(name.lastIndexOf('/') + 1, name.length() - ".class".length()));
			}
			return super.getResourceAsStream(name);
		}

	}

	/** Runs in a class loader of its own. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class Application {

		/** Called through reflection. */
		public static String[] beanNames() {
			SpringApplicationBuilder builder = new SpringApplicationBuilder(Application.class,
					OptionalLibrariesTests.Gate.class);
			try (ConfigurableApplicationContext context = builder.web(WebApplicationType.NONE)
				.properties("spring.main.banner-mode=off")
				.run()) {
				ConfigurableListableBeanFactory beans = context.getBeanFactory();
				return Stream.of(context.getBeanDefinitionNames())
					.filter((name) -> isOurs(beans.getBeanDefinition(name)))
					.toArray(String[]::new);
			}
		}

		private static boolean isOurs(BeanDefinition definition) {
			return String.valueOf(definition.getBeanClassName())
				.startsWith("io.github.penstock.autoconfigure.Penstock");
		}

	}

}
