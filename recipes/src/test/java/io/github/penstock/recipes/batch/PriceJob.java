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

package io.github.penstock.recipes.batch;

import java.io.IOException;
import java.time.Duration;

import javax.sql.DataSource;

import io.github.penstock.LimitExceededException;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.database.JdbcBatchItemWriter;
import org.springframework.batch.infrastructure.item.database.builder.JdbcBatchItemWriterBuilder;
import org.springframework.batch.infrastructure.item.file.FlatFileItemReader;
import org.springframework.batch.infrastructure.item.file.builder.FlatFileItemReaderBuilder;
import org.springframework.batch.infrastructure.item.file.mapping.PassThroughLineMapper;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Reads articles from a file, asks for their prices and writes them to the database.
 */
@Configuration(proxyBeanMethods = false)
class PriceJob {

	@Bean
	Job prices(JobRepository repository, Step askForPrices) {
		return new JobBuilder("prices", repository).start(askForPrices).build();
	}

	@Bean
	Step askForPrices(JobRepository repository, PlatformTransactionManager transactions,
			FlatFileItemReader<String> articles, Supplier supplier, JdbcBatchItemWriter<Price> writer,
			@Value("${prices.retry-delay}") Duration delay) {
		return new StepBuilder("ask-for-prices", repository).<String, Price>chunk(10)
			.transactionManager(transactions)
			.reader(articles)
			.processor(supplier::priceOf)
			.writer(writer)
			.taskExecutor(threads())
			.faultTolerant()
			.retryPolicy(RetryPolicy.builder() // a refused item is asked for again
				.includes(LimitExceededException.class)
				.maxRetries(5)
				.delay(delay)
				.build())
			.skip(IOException.class) // and never skipped
			.skipLimit(100)
			.build();
	}

	private static AsyncTaskExecutor threads() {
		SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor("prices-");
		threads.setConcurrencyLimit(4);
		return threads;
	}

	@Bean
	FlatFileItemReader<String> articles(@Value("${prices.articles}") Resource file) {
		return new FlatFileItemReaderBuilder<String>().name("articles")
			.resource(file)
			.lineMapper(new PassThroughLineMapper())
			.build();
	}

	@Bean
	JdbcBatchItemWriter<Price> writer(DataSource dataSource) {
		return new JdbcBatchItemWriterBuilder<Price>().dataSource(dataSource)
			.sql("insert into price (sku, cents) values (:sku, :cents)")
			.beanMapped()
			.build();
	}

}
