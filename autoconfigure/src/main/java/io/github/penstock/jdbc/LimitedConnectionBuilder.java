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
