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

import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.NClob;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.ShardingKey;
import java.sql.Struct;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;

/**
 * A connection that passes calls on.
 */
abstract class DelegatingConnection implements Connection {

	/** The connection to call now. Throws if this one is closed. */
	abstract Connection open() throws SQLException;

	@Override
	public String nativeSQL(String sql) throws SQLException {
		return open().nativeSQL(sql);
	}

	@Override
	public void setAutoCommit(boolean autoCommit) throws SQLException {
		open().setAutoCommit(autoCommit);
	}

	@Override
	public boolean getAutoCommit() throws SQLException {
		return open().getAutoCommit();
	}

	@Override
	public void commit() throws SQLException {
		open().commit();
	}

	@Override
	public void rollback() throws SQLException {
		open().rollback();
	}

	@Override
	public void setReadOnly(boolean readOnly) throws SQLException {
		open().setReadOnly(readOnly);
	}

	@Override
	public boolean isReadOnly() throws SQLException {
		return open().isReadOnly();
	}

	@Override
	public void setCatalog(String catalog) throws SQLException {
		open().setCatalog(catalog);
	}

	@Override
	public String getCatalog() throws SQLException {
		return open().getCatalog();
	}

	@Override
	public void setTransactionIsolation(int level) throws SQLException {
		open().setTransactionIsolation(level);
	}

	@Override
	public int getTransactionIsolation() throws SQLException {
		return open().getTransactionIsolation();
	}

	@Override
	public SQLWarning getWarnings() throws SQLException {
		return open().getWarnings();
	}

	@Override
	public void clearWarnings() throws SQLException {
		open().clearWarnings();
	}

	@Override
	public Map<String, Class<?>> getTypeMap() throws SQLException {
		return open().getTypeMap();
	}

	@Override
	public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
		open().setTypeMap(map);
	}

	@Override
	public void setHoldability(int holdability) throws SQLException {
		open().setHoldability(holdability);
	}

	@Override
	public int getHoldability() throws SQLException {
		return open().getHoldability();
	}

	@Override
	public Savepoint setSavepoint() throws SQLException {
		return open().setSavepoint();
	}

	@Override
	public Savepoint setSavepoint(String name) throws SQLException {
		return open().setSavepoint(name);
	}

	@Override
	public void rollback(Savepoint savepoint) throws SQLException {
		open().rollback(savepoint);
	}

	@Override
	public void releaseSavepoint(Savepoint savepoint) throws SQLException {
		open().releaseSavepoint(savepoint);
	}

	@Override
	public Clob createClob() throws SQLException {
		return open().createClob();
	}

	@Override
	public Blob createBlob() throws SQLException {
		return open().createBlob();
	}

	@Override
	public NClob createNClob() throws SQLException {
		return open().createNClob();
	}

	@Override
	public SQLXML createSQLXML() throws SQLException {
		return open().createSQLXML();
	}

	@Override
	public boolean isValid(int timeout) throws SQLException {
		return open().isValid(timeout);
	}

	@Override
	public String getClientInfo(String name) throws SQLException {
		return open().getClientInfo(name);
	}

	@Override
	public Properties getClientInfo() throws SQLException {
		return open().getClientInfo();
	}

	@Override
	public Array createArrayOf(String typeName, Object[] elements) throws SQLException {
		return open().createArrayOf(typeName, elements);
	}

	@Override
	public Struct createStruct(String typeName, Object[] attributes) throws SQLException {
		return open().createStruct(typeName, attributes);
	}

	@Override
	public void setSchema(String schema) throws SQLException {
		open().setSchema(schema);
	}

	@Override
	public String getSchema() throws SQLException {
		return open().getSchema();
	}

	@Override
	public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
		open().setNetworkTimeout(executor, milliseconds);
	}

	@Override
	public int getNetworkTimeout() throws SQLException {
		return open().getNetworkTimeout();
	}

	@Override
	public void beginRequest() throws SQLException {
		open().beginRequest();
	}

	@Override
	public void endRequest() throws SQLException {
		open().endRequest();
	}

	@Override
	public boolean setShardingKeyIfValid(ShardingKey shardingKey, ShardingKey superShardingKey, int timeout)
			throws SQLException {
		return open().setShardingKeyIfValid(shardingKey, superShardingKey, timeout);
	}

	@Override
	public boolean setShardingKeyIfValid(ShardingKey shardingKey, int timeout) throws SQLException {
		return open().setShardingKeyIfValid(shardingKey, timeout);
	}

	@Override
	public void setShardingKey(ShardingKey shardingKey, ShardingKey superShardingKey) throws SQLException {
		open().setShardingKey(shardingKey, superShardingKey);
	}

	@Override
	public void setShardingKey(ShardingKey shardingKey) throws SQLException {
		open().setShardingKey(shardingKey);
	}

}
