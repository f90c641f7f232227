/**
 * Auto-configuration of Penstock for Spring Boot applications.
 */
@NullMarked
package io.github.penstock.autoconfigure;

import org.jspecify.annotations.NullMarked;
