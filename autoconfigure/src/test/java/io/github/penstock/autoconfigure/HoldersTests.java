package io.github.penstock.autoconfigure;

import java.util.List;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Holder;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.actuate.LeakWatch;
import io.github.penstock.actuate.LimiterHealth;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the configuration switches on: holders, leaks, health.
 */
class HoldersTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class, PenstockAopAutoConfiguration.class,
				PenstockHealthAutoConfiguration.class))
		.withPropertyValues("penstock.bulkheads.inventory.max=2");

	@Test
	void holdersAreUnknownByDefault() {
		this.contextRunner.run((context) -> {
			assertThat(limiter(context.getBean(LimiterRegistry.class)).isTracked()).isFalse();
			assertThat(context).doesNotHaveBean(LeakWatch.class).doesNotHaveBean(LimiterHealth.class);
		});
	}

	@Test
	void holderOfAnnotatedMethodIsTheMethod() {
		this.contextRunner.withBean(Service.class)
			.withPropertyValues("penstock.holders.enabled=true", "penstock.holders.leak-after=5m")
			.run((context) -> {
				ConcurrencyLimiter limiter = limiter(context.getBean(LimiterRegistry.class));
				List<Holder> holders = context.getBean(Service.class).holders(limiter);
				assertThat(holders).extracting(Holder::what).containsExactly(Service.class.getName() + ".holders");
				assertThat(limiter.holders(10)).isEmpty();
				assertThat(limiter.available()).isEqualTo(2);
				assertThat(context).hasSingleBean(LeakWatch.class);
			});
	}

	@Test
	void leakAfterWithoutHoldersFails() {
		this.contextRunner.withPropertyValues("penstock.holders.leak-after=5m")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidLimitDeclarationException.class)
				.hasMessageContaining("penstock.holders.enabled"));
	}

	@Test
	void healthIsThereForBulkheadThatAsksForIt() {
		ApplicationContextRunner asking = this.contextRunner
			.withPropertyValues("penstock.bulkheads.inventory.unhealthy-after=30s");
		asking.run((context) -> assertThat(context).hasSingleBean(LimiterHealth.class));
		asking.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("penstockHealthIndicator"));
	}

	private static ConcurrencyLimiter limiter(LimiterRegistry registry) {
		return registry.concurrencyLimiter("inventory");
	}

	static class Service {

		@Bulkhead("inventory")
		public List<Holder> holders(ConcurrencyLimiter limiter) {
			return limiter.holders(10);
		}

	}

}
