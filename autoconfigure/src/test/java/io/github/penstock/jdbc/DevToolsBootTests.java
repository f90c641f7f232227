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

package io.github.penstock.jdbc;

import java.io.File;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.devtools.restart.Restarter;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application with a limited data source that the developer tools restart:
 * in a VM of its own, for they leave the ones of tests alone.
 */
@Timeout(120)
class DevToolsBootTests {

	@Test
	void applicationIsLimitedAfterEachRestartAndItsDatabaseIsNew(@TempDir Path directory) throws Exception {
		File output = directory.resolve("output").toFile();
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath, Application.class.getName())
			.redirectErrorStream(true)
			.redirectOutput(output)
			.start();
		try {
			assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
			assertThat(output).content()
				.contains("run 1: RestartClassLoader, limited, granted 1, in use 0, available 1")
				.contains("run 2: RestartClassLoader, limited, granted 1, in use 0, available 1")
				.contains("run 3: RestartClassLoader, limited, granted 1, in use 0, available 1")
				.doesNotContain("ERROR");
			assertThat(process.exitValue()).isZero();
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

		public static void main(String[] args) {
			ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
				.web(WebApplicationType.NONE)
				.properties("spring.main.banner-mode=off", "spring.flyway.enabled=false",
						"spring.liquibase.enabled=false", "spring.datasource.url=jdbc:h2:mem:dev;DB_CLOSE_DELAY=-1",
						"penstock.data-sources.dataSource.max=1", "penstock.data-sources.dataSource.timeout=0")
				.run(args);
			// What all runs have in common, for it outlives the class loader.
			int run = Integer.getInteger("runs", 0) + 1;
			System.setProperty("runs", Integer.toString(run));
			// Fails if the developer tools have not shut the last one down.
			context.getBean(JdbcClient.class).sql("create table item (id int)").update();
			ConcurrencyLimiter limiter = context.getBean(LimiterRegistry.class).concurrencyLimiter("dataSource");
			System.out.println("run " + run + ": " + Application.class.getClassLoader().getClass().getSimpleName()
					+ ", " + (isLimited(context.getBean(HikariDataSource.class)) ? "limited" : "not limited")
					+ ", granted " + limiter.stats().granted() + ", in use " + limiter.inUse() + ", available "
					+ limiter.available());
			if (run == 3) {
				System.exit(0);
			}
			new Thread(() -> Restarter.getInstance().restart()).start();
		}

		private static boolean isLimited(DataSource dataSource) {
			try {
				return dataSource.isWrapperFor(LimitedDataSource.class);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
