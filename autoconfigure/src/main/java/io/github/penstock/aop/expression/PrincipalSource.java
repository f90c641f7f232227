package io.github.penstock.aop.expression;

import org.jspecify.annotations.Nullable;

/**
 * Knows who calls.
 */
@FunctionalInterface
public interface PrincipalSource {

	/**
	 * Return the name of the caller. Does not block.
	 * @return the name, {@code null} if nobody is authenticated
	 */
	@Nullable String principal();

	/**
	 * Return a source that asks Spring Security for the authentication of the current
	 * thread, then the current servlet request for its user, as far as either is on the
	 * class path.
	 * @return the source
	 */
	static PrincipalSource ofCurrentThread() {
		return CurrentPrincipal.of(PrincipalSource.class.getClassLoader());
	}

}
