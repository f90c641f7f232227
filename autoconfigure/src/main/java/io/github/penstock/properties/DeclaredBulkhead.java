package io.github.penstock.properties;

import java.time.Duration;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.aop.BulkheadDeclaration;
import org.jspecify.annotations.Nullable;

/**
 * What one place says of a bulkhead.
 *
 * @param max the permits
 * @param timeout how long a call may wait
 * @param maxWaiting the bound of the line
 * @param where the place
 * @param source what kind of place that is
 */
record DeclaredBulkhead(@Nullable Integer max, @Nullable Duration timeout, @Nullable Integer maxWaiting, String where,
		LimiterOrigin.Source source) implements Declared {

	static DeclaredBulkhead of(BulkheadDeclaration declaration) {
		Duration timeout = Declared.duration(declaration.where(), "timeout", declaration.timeout());
		DeclaredBulkhead declared = new DeclaredBulkhead(declaration.max(), timeout, declaration.maxWaiting(),
				declaration.where(), LimiterOrigin.Source.ANNOTATION);
		Declared.check(declared.where(),
				(property) -> (property.equals("timeout")) ? Declared.quoted(declaration.timeout()) : null,
				declared::trial);
		return declared;
	}

	static DeclaredBulkhead of(ConcurrencyLimiterSpec spec, String where) {
		return new DeclaredBulkhead(spec.max(), spec.timeout(), spec.maxWaiting(), where, LimiterOrigin.Source.CODE);
	}

	/** What is given, in an otherwise valid spec. */
	private ConcurrencyLimiterSpec trial() {
		return new ConcurrencyLimiterSpec((this.max != null) ? this.max : 0,
				(this.timeout != null) ? this.timeout : Duration.ZERO, (this.maxWaiting != null) ? this.maxWaiting : 0);
	}

}
