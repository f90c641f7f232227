package io.github.penstock.http;

/**
 * When a request is over, so that its permit goes back.
 */
public enum Release {

	/** When the body is read to its end, closed, cancelled, or has failed. */
	BODY,

	/** When status and headers of the response are there. */
	HEADERS

}
