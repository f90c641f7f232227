package io.github.penstock.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes each change that somebody has made through the endpoint, and its end, as an
 * {@code AuditEvent}: {@code PENSTOCK_LIMITER_CHANGED}, {@code ..._RESET} or
 * {@code ..._REVERTED}.
 */
public final class AuditTrail implements LimiterChangeListener {

	private static final String NOBODY = "";

	private final ApplicationEventPublisher publisher;

	/**
	 * Create the trail.
	 * @param publisher where the events go
	 */
	public AuditTrail(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void changed(LimiterChange change) {
		if (change.origin() != LimiterChange.Origin.ENDPOINT) {
			return;
		}
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("kind", change.kind().toString());
		data.put("name", change.name());
		data.put("before", change.before());
		data.put("after", change.after());
		if (change.until() != null) {
			data.put("until", change.until().toString());
		}
		this.publisher
			.publishEvent(new AuditApplicationEvent((change.principal() != null) ? change.principal() : NOBODY,
					"PENSTOCK_LIMITER_" + change.cause().name(), data));
	}

}
