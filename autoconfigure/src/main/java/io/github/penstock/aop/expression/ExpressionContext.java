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

package io.github.penstock.aop.expression;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.util.StringValueResolver;

/**
 * What expressions may refer to besides the call: beans, placeholders, and who calls.
 *
 * @param beans where beans are looked up by their names
 * @param placeholders what resolves {@code ${...}}
 * @param principals who knows the caller of the current thread
 */
public record ExpressionContext(BeanFactory beans, StringValueResolver placeholders, PrincipalSource principals) {

	/**
	 * Return the context of the beans of an application.
	 * @param beans its bean factory, which resolves placeholders as well
	 * @return the context, in which the caller is that of the current thread
	 */
	public static ExpressionContext of(ConfigurableBeanFactory beans) {
		return new ExpressionContext(beans, beans::resolveEmbeddedValue, PrincipalSource.ofCurrentThread());
	}

	Collection<String> beanNames() {
		return (this.beans instanceof ListableBeanFactory listable) ? Arrays.asList(listable.getBeanDefinitionNames())
				: List.of();
	}

}
