package io.github.penstock.autoconfigure;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.http.HttpLimit;
import io.github.penstock.http.HttpLimits;
import io.github.penstock.micrometer.LimiterMetrics;
import io.github.penstock.micrometer.PauseMetrics;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;

/**
 * {@link AutoConfiguration Auto-configuration} for the meters of limiters and of HTTP
 * clients.
 */
@AutoConfiguration(after = { PenstockAutoConfiguration.class, PenstockHttpClientAutoConfiguration.class }, afterName = {
		"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
		"org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class PenstockMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	LimiterMetrics limiterMetrics(LimiterRegistry limiters) {
		return new LimiterMetrics(limiters);
	}

	@Bean
	@ConditionalOnBean(HttpLimits.class)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	PauseMetrics httpClientPauseMetrics(HttpLimits clients) {
		return new PauseMetrics(() -> clients.all()
			.values()
			.stream()
			.collect(Collectors.toMap(HttpLimit::name, PenstockMetricsAutoConfiguration::paused)));
	}

	private static Supplier<Duration> paused(HttpLimit client) {
		return () -> client.pause().paused();
	}

}
