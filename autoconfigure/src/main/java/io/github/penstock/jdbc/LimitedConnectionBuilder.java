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
import java.sql.ShardingKey;

/**
 * Builds connections of a {@link LimitedDataSource}.
 */
final class LimitedConnectionBuilder implements ConnectionBuilder {

	private final LimitedDataSource dataSource;

	private final ConnectionBuilder delegate;

	LimitedConnectionBuilder(LimitedDataSource dataSource, ConnectionBuilder delegate) {
		this.dataSource = dataSource;
		this.delegate = delegate;
	}

	@Override
	public ConnectionBuilder user(String username) {
		this.delegate.user(username);
		return this;
	}

	@Override
	public ConnectionBuilder password(String password) {
		this.delegate.password(password);
		return this;
	}

	@Override
	public ConnectionBuilder shardingKey(ShardingKey shardingKey) {
		this.delegate.shardingKey(shardingKey);
		return this;
	}

	@Override
	public ConnectionBuilder superShardingKey(ShardingKey superShardingKey) {
		this.delegate.superShardingKey(superShardingKey);
		return this;
	}

	@Override
	public Connection build() throws SQLException {
		return this.dataSource.connect(this.delegate::build);
	}

}
