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

import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for what migrates the schema at the start, over a limited data source.
 */
class MigrationBootTests {

	@Test
	void flywayMigrates() {
		String locations = "spring.flyway.locations=classpath:io/github/penstock/jdbc/migration";
		DataSourceBootTests.run(DataSourceBootTests.Plain.class, (context) -> {
			assertThat(DataSourceBootTests.limiter(context).stats().granted()).isGreaterThanOrEqualTo(2);
			assertThat(count(context, "flown")).isOne();
		}, "spring.flyway.enabled=true", locations, "penstock.data-sources.dataSource.max=2");
		// It holds two at a time, and so is under the limit.
		assertThatException().isThrownBy(() -> DataSourceBootTests.run(DataSourceBootTests.Plain.class, (context) -> {
		}, "spring.flyway.enabled=true", locations, "penstock.data-sources.dataSource.max=1"))
			.withStackTraceContaining("would have this thread wait for itself");
	}

	@Test
	void liquibaseMigrates() {
		String changeLog = "spring.liquibase.change-log=classpath:io/github/penstock/jdbc/changelog.sql";
		DataSourceBootTests.run(DataSourceBootTests.Plain.class, (context) -> {
			assertThat(DataSourceBootTests.limiter(context).stats().granted()).isPositive();
			assertThat(count(context, "moved")).isOne();
		}, "spring.liquibase.enabled=true", changeLog, "penstock.data-sources.dataSource.max=1");
		assertThatException().isThrownBy(() -> DataSourceBootTests.run(DataSourceBootTests.Plain.class, (context) -> {
		}, "spring.liquibase.enabled=true", changeLog, "penstock.data-sources.dataSource.max=0"))
			.withStackTraceContaining("Data source 'dataSource' hands out no connections (max = 0)");
	}

	private static int count(ConfigurableApplicationContext context, String table) {
		return context.getBean(JdbcClient.class).sql("select count(*) from " + table).query(Integer.class).single();
	}

}
