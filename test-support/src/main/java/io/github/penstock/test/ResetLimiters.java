package io.github.penstock.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.test.context.TestExecutionListeners;
import org.springframework.test.context.TestExecutionListeners.MergeMode;

/**
 * Resets all limiters of the application context before each test, as
 * {@link LimiterBaseline#reset} does.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@TestExecutionListeners(listeners = ResetLimitersListener.class, mergeMode = MergeMode.MERGE_WITH_DEFAULTS)
public @interface ResetLimiters {

}
