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

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.CallableStatement;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

/**
 * A connection that was handed out, and the permit under which it was. What ends it first
 * gives the permit back: whoever makes it leave its place.
 */
final class LimitedConnection extends DelegatingConnection {

	private static final VarHandle ABORTED;

	static {
		try {
			ABORTED = MethodHandles.lookup().findVarHandle(LimitedConnection.class, "aborted", Connection.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final Gate gate;

	private final Connection delegate;

	private final Object permit;

	private final Place place;

	private final long turn;

	// Set once, before the connection is handed out.
	private @Nullable Future<?> leakReport;

	/** The connection behind an aborted one, as long as nobody has closed it. */
	private volatile @Nullable Connection aborted;

	LimitedConnection(Gate gate, Connection delegate, Object permit) {
		this.gate = gate;
		this.delegate = delegate;
		this.permit = permit;
		this.place = gate.connections().take();
		this.turn = this.place.turn();
	}

	/** Report it if it is held for too long. */
	void watch(LeakWatch leaks) {
		try {
			this.leakReport = leaks.watch(this);
		}
		catch (Throwable ex) {
			leave();
			throw ex;
		}
	}

	private boolean leave() {
		return this.place.leave(this.turn);
	}

	private void release() {
		if (this.leakReport != null) {
			this.leakReport.cancel(false);
		}
		this.gate.giveBack(this.permit);
	}

	/** The connection behind this one, be it open or not. */
	Connection delegate() {
		return this.delegate;
	}

	private boolean isOut() {
		return this.place.isTaken(this.turn);
	}

	@Override
	Connection open() throws SQLException {
		if (!isOut()) {
			throw new SQLNonTransientConnectionException("Connection is closed", "08003");
		}
		this.place.hold(this.turn);
		return this.delegate;
	}

	@Override
	public void close() throws SQLException {
		if (leave()) {
			try {
				this.delegate.close();
			}
			finally {
				release();
			}
		}
		else {
			closeAborted();
		}
	}

	@Override
	public void abort(Executor executor) throws SQLException {
		if (executor == null) {
			throw new SQLException("'executor' must not be null");
		}
		if (!leave()) {
			return;
		}
		this.aborted = this.delegate;
		try {
			this.delegate.abort(executor);
		}
		finally {
			try {
				// A pool has the place of an aborted connection back only once it is
				// closed.
				executor.execute(this::closeAbortedLater);
			}
			finally {
				release();
			}
		}
	}

	private void closeAbortedLater() {
		try {
			closeAborted();
		}
		catch (SQLException ex) {
			this.gate.failedToClose(ex);
		}
	}

	private void closeAborted() throws SQLException {
		Connection aborted = (Connection) ABORTED.getAndSet(this, null);
		if (aborted != null) {
			aborted.close();
		}
	}

	@Override
	public boolean isClosed() throws SQLException {
		return !isOut() || this.delegate.isClosed();
	}

	@Override
	public boolean isValid(int timeout) throws SQLException {
		return isOut() && open().isValid(timeout);
	}

	@Override
	public Statement createStatement() throws SQLException {
		return new LimitedStatement(this, open().createStatement());
	}

	@Override
	public Statement createStatement(int type, int concurrency) throws SQLException {
		return new LimitedStatement(this, open().createStatement(type, concurrency));
	}

	@Override
	public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
		return new LimitedStatement(this, open().createStatement(type, concurrency, holdability));
	}

	@Override
	public PreparedStatement prepareStatement(String sql) throws SQLException {
		return new LimitedPreparedStatement(this, open().prepareStatement(sql));
	}

	@Override
	public PreparedStatement prepareStatement(String sql, int type, int concurrency) throws SQLException {
		return new LimitedPreparedStatement(this, open().prepareStatement(sql, type, concurrency));
	}

	@Override
	public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
			throws SQLException {
		return new LimitedPreparedStatement(this, open().prepareStatement(sql, type, concurrency, holdability));
	}

	@Override
	public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
		return new LimitedPreparedStatement(this, open().prepareStatement(sql, autoGeneratedKeys));
	}

	@Override
	public PreparedStatement prepareStatement(String sql, int[] columnIndexes) throws SQLException {
		return new LimitedPreparedStatement(this, open().prepareStatement(sql, columnIndexes));
	}

	@Override
	public PreparedStatement prepareStatement(String sql, String[] columnNames) throws SQLException {
		return new LimitedPreparedStatement(this, open().prepareStatement(sql, columnNames));
	}

	@Override
	public CallableStatement prepareCall(String sql) throws SQLException {
		return BackReference.to(this, open().prepareCall(sql), CallableStatement.class);
	}

	@Override
	public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
		return BackReference.to(this, open().prepareCall(sql, type, concurrency), CallableStatement.class);
	}

	@Override
	public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability) throws SQLException {
		return BackReference.to(this, open().prepareCall(sql, type, concurrency, holdability), CallableStatement.class);
	}

	@Override
	public DatabaseMetaData getMetaData() throws SQLException {
		return BackReference.to(this, open().getMetaData(), DatabaseMetaData.class);
	}

	@Override
	public void setClientInfo(String name, String value) throws SQLClientInfoException {
		openForClientInfo(name).setClientInfo(name, value);
	}

	@Override
	public void setClientInfo(Properties properties) throws SQLClientInfoException {
		openForClientInfo("all").setClientInfo(properties);
	}

	private Connection openForClientInfo(String name) throws SQLClientInfoException {
		try {
			return open();
		}
		catch (SQLException ex) {
			throw new SQLClientInfoException(ex.getMessage(), ex.getSQLState(),
					Collections.singletonMap(name, ClientInfoStatus.REASON_UNKNOWN), ex);
		}
	}

	@Override
	public <T> T unwrap(Class<T> type) throws SQLException {
		return Wrappers.unwrap(this, this.delegate, type);
	}

	@Override
	public boolean isWrapperFor(Class<?> type) throws SQLException {
		return Wrappers.isWrapperFor(this, this.delegate, type);
	}

	@Override
	public String toString() {
		return "LimitedConnection of " + this.gate.title() + " wrapping " + this.delegate;
	}

}
