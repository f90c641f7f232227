package io.github.penstock.jdbc;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * Says which data sources are to be limited.
 */
@FunctionalInterface
public interface DataSourceLimiter {

	/**
	 * Limit a data source, if it is to be limited.
	 * @param beanName the name of the bean
	 * @param target the data source
	 * @return the limited one, or {@code null} to leave it as it is
	 */
	@Nullable LimitedDataSource limit(String beanName, DataSource target);

}
