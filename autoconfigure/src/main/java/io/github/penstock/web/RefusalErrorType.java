package io.github.penstock.web;

import graphql.ErrorClassification;

/**
 * The {@code classification} of a GraphQL error that is a refusal, named as the HTTP
 * status would be.
 */
enum RefusalErrorType implements ErrorClassification {

	/** By a rate limit: the caller has asked too often. */
	TOO_MANY_REQUESTS,

	/** By a bulkhead, or because the application ends. */
	SERVICE_UNAVAILABLE

}
