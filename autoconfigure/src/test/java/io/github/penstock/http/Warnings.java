package io.github.penstock.http;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.slf4j.LoggerFactory;

/**
 * What is logged as a warning about HTTP clients.
 */
final class Warnings implements AutoCloseable {

	private final Logger logger = (Logger) LoggerFactory.getLogger(AbandonedBodies.class);

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	Warnings() {
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	List<String> all() {
		return List.copyOf(this.appender.list)
			.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.appender);
	}

}
