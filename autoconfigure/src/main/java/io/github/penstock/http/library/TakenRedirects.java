package io.github.penstock.http.library;

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What becomes of the redirects of one client. It is decided when the library's client is
 * built, after all customizers: only redirects that the library would follow in its own
 * standard way are taken over from it.
 */
final class TakenRedirects {

	private static final Log logger = LogFactory.getLog(TakenRedirects.class);

	private final AtomicBoolean warned;

	private boolean taken;

	/**
	 * Begin with the redirects of a client.
	 * @param warned whether it has been said that those of another client are left
	 */
	TakenRedirects(AtomicBoolean warned) {
		this.warned = warned;
	}

	/** The library has been told not to follow, as they are followed above it. */
	void take() {
		this.taken = true;
	}

	/** The library goes on to follow them in a way of the application's. */
	void leave(String library) {
		if (this.warned.compareAndSet(false, true)) {
			logger.warn("penstock.http-clients counts redirects as one request with the first where " + library
					+ " follows them as a customizer of the application says");
		}
	}

	boolean areTaken() {
		return this.taken;
	}

}
