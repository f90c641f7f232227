package io.github.penstock.jdbc;

import org.testcontainers.containers.JdbcDatabaseContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * What Spring Boot takes for the container of a database that runs somewhere else, so
 * that no Docker is needed.
 */
final class StandInContainer extends JdbcDatabaseContainer<StandInContainer> {

	private final String url;

	private boolean started;

	StandInContainer(String url) {
		super(DockerImageName.parse("postgres"));
		this.url = url;
	}

	@Override
	public void start() {
		this.started = true;
	}

	@Override
	public void stop() {
		this.started = false;
	}

	@Override
	public boolean isRunning() {
		return this.started;
	}

	@Override
	public boolean isCreated() {
		return this.started;
	}

	@Override
	public String getDriverClassName() {
		return "org.postgresql.Driver";
	}

	@Override
	public String getJdbcUrl() {
		if (!this.started) {
			throw new IllegalStateException("Not started");
		}
		return this.url;
	}

	@Override
	public String getUsername() {
		return "postgres";
	}

	@Override
	public String getPassword() {
		return "postgres";
	}

	@Override
	protected String getTestQueryString() {
		return "select 1";
	}

}
