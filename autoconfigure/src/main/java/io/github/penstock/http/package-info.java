/**
 * Limits of HTTP requests to remote hosts.
 */
@NullMarked
package io.github.penstock.http;

import org.jspecify.annotations.NullMarked;
