/**
 * What HTTP libraries do by themselves, handed to the limits: redirects and retries. Each
 * library is known to classes of its own, for it may be absent.
 */
@NullMarked
package io.github.penstock.http.library;

import org.jspecify.annotations.NullMarked;
