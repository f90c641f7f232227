/**
 * <<<<<<< HEAD Auto-configuration of Penstock for Spring Boot applications. ======= From
 * the configuration to the limiters: properties, conditions and failure analyzers.
 * >>>>>>> 8d1d8f4 (Make limiters of properties and annotations)
 */
@NullMarked
package io.github.penstock.autoconfigure;

import org.jspecify.annotations.NullMarked;
