package io.github.penstock.http.library;

import java.util.function.BooleanSupplier;

import io.github.penstock.VisibleText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * Decides whether the redirects of the clients of a builder are limited hop by hop.
 *
 * @param beans the beans
 * @param limited whether clients are limited
 */
record HopByHop(ConfigurableListableBeanFactory beans, BooleanSupplier limited) {

	private static final Log logger = LogFactory.getLog(HopByHop.class);

	/** Whether clients are limited, and the bean may become another object. */
	boolean replaces(String beanName, Class<?> builder, Class<?> product) {
		if (!this.limited.getAsBoolean()) {
			return false;
		}
		ResolvableType declared = (this.beans.containsBeanDefinition(beanName))
				? this.beans.getMergedBeanDefinition(beanName).getResolvableType() : ResolvableType.NONE;
		Class<?> generic = declared.getGeneric(0).resolve(product);
		boolean possible = declared.resolve() == builder && generic.isAssignableFrom(product);
		if (!possible) {
			logger.warn("penstock.http-clients counts redirects as one request with the first, for the bean '"
					+ VisibleText.of(beanName) + "' has to be a " + declared + ": declare it as "
					+ builder.getSimpleName() + "<?>");
		}
		return possible;
	}

}
