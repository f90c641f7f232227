package io.github.penstock.autoconfigure;

import io.github.penstock.micrometer.TraceIds;
import io.micrometer.tracing.Tracer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * {@link AutoConfiguration Auto-configuration} for the traces of those who hold permits.
 */
@AutoConfiguration(before = PenstockAutoConfiguration.class)
@ConditionalOnClass(Tracer.class)
@ConditionalOnBooleanProperty("penstock.holders.enabled")
public final class PenstockTracingAutoConfiguration {

	@Bean(PenstockAutoConfiguration.TRACE_IDS)
	TraceIds penstockTraceIds(ObjectProvider<Tracer> tracers) {
		return new TraceIds(tracers);
	}

}
