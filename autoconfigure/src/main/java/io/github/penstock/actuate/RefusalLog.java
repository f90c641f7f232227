package io.github.penstock.actuate;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.github.penstock.Limiter;
import io.github.penstock.LimiterListener;
import io.github.penstock.RefusalReason;
import io.github.penstock.TimeSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells of the refusals of one limiter, once in ten seconds at most, and how many there
 * were meanwhile that it did not tell of. Everything else is one addition.
 */
final class RefusalLog implements LimiterListener {

	static final Duration PAUSE = Duration.ofSeconds(10);

	private static final Log logger = LogFactory.getLog(RefusalLog.class);

	private final AtomicLong untold = new AtomicLong();

	private final AtomicLong next;

	private final Limiter limiter;

	private final TimeSource time;

	private final Consumer<LimitRefusedEvent> publisher;

	RefusalLog(Limiter limiter, TimeSource time, Consumer<LimitRefusedEvent> publisher) {
		this.limiter = limiter;
		this.time = time;
		this.publisher = publisher;
		this.next = new AtomicLong(time.nanoTime());
	}

	@Override
	public void refused(RefusalReason reason) {
		long due = this.next.get();
		long now = this.time.nanoTime();
		if (now - due < 0 || !this.next.compareAndSet(due, now + PAUSE.toNanos())) {
			this.untold.incrementAndGet();
			return;
		}
		long others = this.untold.getAndSet(0);
		LimiterKind kind = LimiterKind.of(this.limiter);
		String text = reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
		logger.warn(
				kind + " '" + this.limiter.name() + "' refused a call (" + text + ", waiting=" + this.limiter.waiting()
						+ ")" + ((others > 0) ? ", and " + others + " others since this was last said" : ""));
		LimitRefusedEvent event = new LimitRefusedEvent(kind, this.limiter.name(), reason, others);
		// Not on the way of the call: whoever listens may take his time.
		CompletableFuture.runAsync(() -> publish(event));
	}

	private void publish(LimitRefusedEvent event) {
		try {
			this.publisher.accept(event);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("A listener failed on a refusal of " + event.kind() + " '" + event.name() + "'", ex);
		}
	}

}
