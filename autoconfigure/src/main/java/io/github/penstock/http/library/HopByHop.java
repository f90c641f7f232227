/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

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
