package io.github.penstock.autoconfigure;

import io.github.penstock.web.RefusalFilter;
import io.github.penstock.web.RefusalHandlerExceptionResolver;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Auto-configuration for refusals as HTTP responses in Spring MVC.
 */
@AutoConfiguration
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnBooleanProperty(name = { "penstock.enabled", "penstock.web.enabled" }, matchIfMissing = true)
public final class PenstockWebMvcAutoConfiguration {

	@Bean
	RefusalHandlerExceptionResolver penstockRefusalHandlerExceptionResolver() {
		return new RefusalHandlerExceptionResolver();
	}

	@Bean
	FilterRegistrationBean<RefusalFilter> penstockRefusalFilter() {
		return new OutermostFilterRegistrationBean(new RefusalFilter());
	}

	/** Outside of all others, so that a filter that handles exceptions has them first. */
	private static final class OutermostFilterRegistrationBean extends FilterRegistrationBean<RefusalFilter>
			implements PriorityOrdered {

		OutermostFilterRegistrationBean(RefusalFilter filter) {
			super(filter);
			setOrder(Ordered.HIGHEST_PRECEDENCE);
		}

	}

}
