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

import java.util.UUID;

import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.properties.PenstockProperties;
import io.github.penstock.redis.RedisStoreSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Reads what instances have in common.
 */
final class SharedSettings {

	private static final String SECTION = "penstock.shared.";

	static final String APPLICATION = "spring.application.name";

	private SharedSettings() {
	}

	static RedisStoreSettings of(ConfiguredProperties properties, Environment environment) {
		PenstockProperties.Shared shared = properties.values().shared();
		String own = shared.namespace();
		String application = environment.getProperty(APPLICATION);
		boolean used = SharedLimits.firstShared(properties) != null;
		if (own == null && !StringUtils.hasText(application) && used) {
			throw new InvalidLimitDeclarationException(SECTION + "namespace",
					"it is missing, and there is no " + APPLICATION + " to take instead",
					"Add a name that all instances of this service have in common, and no other service has");
		}
		// Where nothing is shared there is nobody to have it in common with.
		String namespace = (own != null) ? own : (used || RedisStoreSettings.isNamespace(String.valueOf(application)))
				? application : UUID.randomUUID().toString();
		try {
			return new RedisStoreSettings(String.valueOf(namespace), shared.budget(), shared.lease());
		}
		catch (RedisStoreSettings.InvalidSettingException ex) {
			throw new InvalidLimitDeclarationException(place(properties, ex.setting(), own),
					String.valueOf(ex.getMessage()), "Correct it there" + mend(ex.setting(), own));
		}
	}

	private static String place(ConfiguredProperties properties, String setting, @Nullable String namespace) {
		return (setting.equals("namespace") && namespace == null) ? APPLICATION : properties.place(SECTION + setting);
	}

	private static String mend(String setting, @Nullable String namespace) {
		return (setting.equals("namespace") && namespace == null) ? ", or add " + SECTION + "namespace" : "";
	}

}
