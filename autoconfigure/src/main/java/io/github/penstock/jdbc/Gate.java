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

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Set;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Permit;
import io.github.penstock.RefusalReason;
import io.github.penstock.VisibleText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where callers of one data source take their permits.
 */
final class Gate {

	private static final Log logger = LogFactory.getLog(LimitedDataSource.class);

	/** That of a pool whose connections are all in use has the same. */
	private static final String SQL_STATE = "08001";

	private final String name;

	private final ConcurrencyLimiter limiter;

	private final OpenConnections connections;

	private final @Nullable LeakWatch leaks;

	Gate(String name, ConcurrencyLimiter limiter, @Nullable Duration leakAfter) {
		this.name = name;
		this.limiter = limiter;
		this.connections = OpenConnections.of(limiter);
		this.leaks = (leakAfter != null) ? new LeakWatch(title(), leakAfter) : null;
	}

	ConcurrencyLimiter limiter() {
		return this.limiter;
	}

	OpenConnections connections() {
		return this.connections;
	}

	String title() {
		String name = VisibleText.of(this.name);
		return this.name.equals(this.limiter.name()) ? "Data source '" + name + "'"
				: "Data source '" + name + "' (bulkhead '" + this.limiter.name() + "')";
	}

	/** Take a permit for a connection that is to be got. Blocks. */
	Object enter() throws SQLException {
		Object permit = this.limiter.tryShare();
		if (permit == null) {
			permit = this.limiter.tryCheckOut();
		}
		return (permit != null) ? permit : await();
	}

	/** Hand out a connection that was got with a permit. If it fails, it is closed. */
	Connection open(@Nullable Connection connection, Object permit) throws SQLException {
		if (connection == null) {
			throw new SQLException(title() + " returned null instead of a connection");
		}
		try {
			LimitedConnection limited = new LimitedConnection(this, connection, permit);
			if (this.leaks != null) {
				limited.watch(this.leaks);
			}
			return limited;
		}
		catch (Throwable ex) {
			try (connection) {
				throw ex;
			}
		}
	}

	/** Give back what {@link #enter} took. */
	void giveBack(Object permit) {
		if (permit instanceof Permit share) {
			share.close();
		}
		else {
			this.limiter.checkIn(permit);
		}
	}

	private Object await() throws SQLException {
		OpenConnections.Prospect prospect = this.connections.block(this.limiter);
		if (prospect == OpenConnections.Prospect.HOPELESS) {
			throw deadlock();
		}
		try {
			return this.limiter.checkOut();
		}
		catch (BulkheadFullException ex) {
			throw refusal(problem(ex.reason()), held(ex.reason()), ex);
		}
		finally {
			if (prospect == OpenConnections.Prospect.HOLDING) {
				this.connections.unblock();
			}
		}
	}

	/** Names the limits between which two threads that take both may be stuck. */
	private static String held(RefusalReason reason) {
		Set<String> held = (reason == RefusalReason.TIMED_OUT) ? OpenConnections.heldByCurrentThread() : Set.of();
		return held.isEmpty() ? "" : ". This thread holds a connection of " + String.join(", ", held);
	}

	private SQLException deadlock() {
		BulkheadFullException cause = new BulkheadFullException(this.limiter.name(), RefusalReason.FULL, Duration.ZERO,
				this.limiter.max(), this.limiter.inUse(), this.limiter.waiting(), Duration.ZERO);
		return refusal(
				"would have this thread wait for itself: all connections are held by threads that wait for"
						+ " another one, as by REQUIRES_NEW within a transaction",
				". Either let each thread hold one connection at a time, or set max (and the pool's size)"
						+ " to at least threads * (connections that a thread holds at a time - 1) + 1",
				cause);
	}

	private static String problem(RefusalReason reason) {
		return switch (reason) {
			case FULL -> "had no connection free, and the caller may not wait";
			case LINE_FULL -> "had no connection free, and as many callers wait for one as may";
			case CLOSED -> "hands out no connections (max = 0)";
			case SHUT_DOWN -> "lets nobody wait for a connection any more, for the application ends";
			case INTERRUPTED -> "had no connection free when the waiting thread was interrupted";
			default -> "had no connection free within the timeout";
		};
	}

	private SQLException refusal(String problem, String mend, BulkheadFullException cause) {
		return new SQLTransientConnectionException(
				title() + " " + problem + ": cap=" + cause.limit() + ", inUse=" + cause.inUse() + ", waiting="
						+ cause.waiting() + ", waited=" + cause.waited().toMillis() + "ms" + mend,
				SQL_STATE, cause);
	}

	void failedToClose(SQLException ex) {
		logger.debug(title() + ": closing an aborted connection failed", ex);
	}

}
