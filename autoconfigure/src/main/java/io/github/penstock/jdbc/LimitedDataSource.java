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
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.github.penstock.ConcurrencyLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.util.Assert;

/**
 * A data source that limits how many connections of another one are out at once. Stands
 * before a pool, whose own line of waiters is then empty as long as the limit is not
 * above the pool's size.
 * <p>
 * A permit is taken before the target is asked, and is back when the connection is closed
 * or aborted, or could not be had. While it waits for a permit, a caller blocks for the
 * limiter's timeout at most and then gets a
 * {@link java.sql.SQLTransientConnectionException}; so it does when it is interrupted,
 * with its interrupt flag set.
 * <p>
 * Each connection has a permit of its own, also the second one of the same thread. If all
 * permits are held by threads that wait for another one, the next of them is refused at
 * once. The one exception: a thread that works in a scope of the limiter, as in a method
 * that is annotated with a {@code @Bulkhead} of that name, has a permit already, which
 * covers one connection at a time.
 * <p>
 * A target that has its connections from a data source of the same limiter is refused,
 * when this one is initialized by Spring or at the first connection.
 * <p>
 * The connection of a statement and of the metadata is the limited one; that of a result
 * set's statement is not.
 */
public class LimitedDataSource extends DelegatingDataSource {

	private final String name;

	private final Supplier<ConcurrencyLimiter> limiter;

	private final @Nullable Duration leakAfter;

	private volatile @Nullable Gate gate;

	/** What shares the name and the limit, before another target. */
	private volatile @Nullable LimitedDataSource other;

	/**
	 * Create a data source with the name of its limiter.
	 * @param target where the connections come from
	 * @param limiter limits them
	 */
	public LimitedDataSource(DataSource target, ConcurrencyLimiter limiter) {
		this(nameOf(limiter), target, () -> limiter, null);
	}

	/**
	 * Create a data source.
	 * @param name its name in messages
	 * @param target where the connections come from
	 * @param limiter gives what limits them; asked once or more, at the first connection
	 * @param leakAfter after how long a connection that is held is reported once, with
	 * the stack that took it; {@code null} for never
	 */
	public LimitedDataSource(String name, DataSource target, Supplier<ConcurrencyLimiter> limiter,
			@Nullable Duration leakAfter) {
		super(target);
		Assert.notNull(name, "'name' must not be null");
		Assert.notNull(target, "'target' must not be null");
		Assert.notNull(limiter, "'limiter' must not be null");
		this.name = name;
		this.limiter = limiter;
		this.leakAfter = leakAfter;
	}

	private static String nameOf(ConcurrencyLimiter limiter) {
		Assert.notNull(limiter, "'limiter' must not be null");
		return limiter.name();
	}

	/**
	 * Return what limits the connections.
	 * @return the limiter
	 */
	public ConcurrencyLimiter getLimiter() {
		return gate().limiter();
	}

	/**
	 * Return the name that messages have.
	 * @return the name of the bean, or of the limiter
	 */
	public String getName() {
		return this.name;
	}

	/** Have the same limit before another target as well. */
	LimitedDataSource before(DataSource target) {
		LimitedDataSource other = new LimitedDataSource(this.name, target, this.limiter, this.leakAfter);
		this.other = other;
		return other;
	}

	@Nullable LimitedDataSource other() {
		return this.other;
	}

	private Gate gate() {
		Gate gate = this.gate;
		return (gate != null) ? gate : makeGate();
	}

	private Gate makeGate() {
		refuseSecondPermit();
		ConcurrencyLimiter limiter = this.limiter.get();
		Gate made = new Gate(this.name, limiter, this.leakAfter);
		this.gate = made;
		return made;
	}

	/** With one permit left, a connection that takes two would wait for itself. */
	private void refuseSecondPermit() {
		for (LimitedDataSource behind : LimitsBehind.find(getTargetDataSource())) {
			ConcurrencyLimiter limiter = this.limiter.get();
			if (behind.limiter.get() == limiter) {
				throw new IllegalStateException("Data source '" + this.name + "' has its connections from data source '"
						+ behind.name + "', which is limited by the same bulkhead '" + limiter.name()
						+ "': each of them would take two permits");
			}
		}
	}

	@Override
	public void setTargetDataSource(@Nullable DataSource targetDataSource) {
		super.setTargetDataSource(targetDataSource);
		this.gate = null;
	}

	@Override
	public void afterPropertiesSet() {
		super.afterPropertiesSet();
		refuseSecondPermit();
		LimitedDataSource other = this.other;
		if (other != null) {
			other.afterPropertiesSet();
		}
	}

	@Override
	public Connection getConnection() throws SQLException {
		Gate gate = gate();
		Object permit = gate.enter();
		try {
			return gate.open(obtainTargetDataSource().getConnection(), permit);
		}
		catch (Throwable ex) {
			gate.giveBack(permit);
			throw ex;
		}
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return connect(() -> obtainTargetDataSource().getConnection(username, password));
	}

	@Override
	public ConnectionBuilder createConnectionBuilder() throws SQLException {
		return new LimitedConnectionBuilder(this, super.createConnectionBuilder());
	}

	/** What is not on the way of every query. */
	<X extends Throwable> Connection connect(Source<X> source) throws X, SQLException {
		Gate gate = gate();
		Object permit = gate.enter();
		try {
			return gate.open(source.connect(), permit);
		}
		catch (Throwable ex) {
			gate.giveBack(permit);
			throw ex;
		}
	}

	@Override
	public <T> T unwrap(Class<T> type) throws SQLException {
		return Wrappers.unwrap(this, obtainTargetDataSource(), type);
	}

	@Override
	public boolean isWrapperFor(Class<?> type) throws SQLException {
		return Wrappers.isWrapperFor(this, obtainTargetDataSource(), type);
	}

	@Override
	public String toString() {
		return "LimitedDataSource '" + this.name + "' before " + getTargetDataSource();
	}

	/** Where a connection comes from. */
	@FunctionalInterface
	interface Source<X extends Throwable> {

		@Nullable Connection connect() throws X, SQLException;

	}

}
