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

import io.github.penstock.Permit;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was handed out, and the permit under which it was. What ends it first
 * gives the permit back; {@code state} decides which one that is.
 */
final class LimitedConnection extends DelegatingConnection {

	private static final int OPEN = 0;

	private static final int ABORTED = 1;

	private static final int CLOSED = 2;

	private static final VarHandle STATE;

	static {
		try {
			STATE = MethodHandles.lookup().findVarHandle(LimitedConnection.class, "state", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final Gate gate;

	// Set once, before the connection is handed out.
	private @Nullable Connection delegate;

	private @Nullable Object permit;

	private @Nullable Future<?> leakReport;

	// Where this one stands among those that are out.
	LimitedConnection @Nullable [] row;

	int place;

	/** The thread that used the connection last: it holds it. */
	Thread holder = Thread.currentThread();

	private volatile int state;

	LimitedConnection(Gate gate) {
		this.gate = gate;
	}

	/** Keep the permit: one that was checked out, or a share. */
	void permit(Object permit) {
		this.permit = permit;
	}

	/** Hand out the connection that was got with the permit. */
	LimitedConnection of(@Nullable Connection delegate) throws SQLException {
		if (delegate == null) {
			throw new SQLException(this.gate.title() + " returned null instead of a connection");
		}
		try {
			this.gate.connections().add(this);
			this.leakReport = this.gate.watch(this);
			this.delegate = delegate;
			return this;
		}
		finally {
			if (this.delegate == null) {
				delegate.close();
			}
		}
	}

	/** Give the permit back if no connection could be had. */
	void releaseUnlessOpen() {
		if (this.delegate == null) {
			release();
		}
	}

	private void release() {
		OpenConnections.remove(this);
		if (this.leakReport != null) {
			this.leakReport.cancel(false);
		}
		if (this.permit instanceof Permit share) {
			share.close();
		}
		else if (this.permit != null) {
			this.gate.limiter().checkIn(this.permit);
		}
	}

	/** The connection behind this one, be it open or not. */
	Connection delegate() {
		Connection delegate = this.delegate;
		if (delegate == null) {
			throw new IllegalStateException("Not handed out yet");
		}
		return delegate;
	}

	@Override
	Connection open() throws SQLException {
		if (this.state == CLOSED) {
			throw new SQLNonTransientConnectionException("Connection is closed", "08003");
		}
		this.holder = Thread.currentThread();
		return delegate();
	}

	@Override
	public void close() throws SQLException {
		int before = (int) STATE.getAndSet(this, CLOSED);
		if (before != CLOSED) {
			try {
				delegate().close();
			}
			finally {
				if (before == OPEN) {
					release();
				}
			}
		}
	}

	@Override
	public void abort(Executor executor) throws SQLException {
		if (!STATE.compareAndSet(this, OPEN, ABORTED)) {
			return;
		}
		try {
			delegate().abort(executor);
			// A pool has the place of an aborted connection back only once it is closed.
			executor.execute(this::closeAborted);
		}
		finally {
			release();
		}
	}

	private void closeAborted() {
		if (STATE.compareAndSet(this, ABORTED, CLOSED)) {
			try {
				delegate().close();
			}
			catch (SQLException ex) {
				this.gate.failedToClose(ex);
			}
		}
	}

	@Override
	public boolean isClosed() throws SQLException {
		return this.state != OPEN || delegate().isClosed();
	}

	@Override
	public boolean isValid(int timeout) throws SQLException {
		return this.state == OPEN && open().isValid(timeout);
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
		return Wrappers.unwrap(this, delegate(), type);
	}

	@Override
	public boolean isWrapperFor(Class<?> type) throws SQLException {
		return Wrappers.isWrapperFor(this, delegate(), type);
	}

	@Override
	public String toString() {
		return "LimitedConnection of " + this.gate.title() + " wrapping " + this.delegate;
	}

}
