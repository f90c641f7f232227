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

package io.github.penstock.autoconfigure;

import org.springframework.beans.factory.aot.BeanRegistrationExcludeFilter;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Leaves Penstock's own configuration classes out of a processed application. Their
 * conditions have been decided, and their bean methods are static; as beans they would
 * only have all of their annotations read again when the application starts.
 */
final class StatelessConfigurations implements BeanRegistrationExcludeFilter {

	@Override
	public boolean isExcludedFromAotProcessing(RegisteredBean bean) {
		Class<?> type = bean.getBeanClass();
		return type.getPackageName().equals(StatelessConfigurations.class.getPackageName())
				&& AnnotatedElementUtils.hasAnnotation(type, Configuration.class);
	}

}
