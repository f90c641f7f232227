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

package io.github.penstock.properties;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What a name below {@code penstock} stands for.
 */
sealed interface PropertyName {

	/**
	 * Two spellings of one name are equal in this form.
	 */
	static String uniform(String name) {
		StringBuilder uniform = new StringBuilder(name.length());
		for (int i = 0; i < name.length(); i++) {
			char character = name.charAt(i);
			if (character != '-' && character != '_' && character != '.') {
				uniform.append(character);
			}
		}
		return uniform.toString().toLowerCase(Locale.ROOT);
	}

	/**
	 * A property.
	 *
	 * @param section where it stands, such as {@code penstock.bulkheads}
	 * @param limiter the limiter that it belongs to
	 * @param plan the plan of that limiter that it belongs to
	 * @param property its last element, such as {@code max-waiting}, with the index of an
	 * entry of a list
	 * @param type the type of its value
	 */
	record Known(String section, @Nullable String limiter, @Nullable String plan, String property,
			Class<?> type) implements PropertyName {

		Known(String section, @Nullable String limiter, String property, Class<?> type) {
			this(section, limiter, null, property, type);
		}

		Known with(String limiter, @Nullable String plan) {
			return new Known(this.section, limiter, plan, this.property, this.type);
		}

		/** Whether it is a list, or an entry of one. */
		boolean isList() {
			return this.type == List.class;
		}

		/** The list that an entry is in. */
		Known list() {
			return new Known(this.section, this.limiter, this.plan, this.property.replaceFirst("\\[.*", ""), this.type);
		}

		/** The whole name, as people write it. */
		String path() {
			return this.section + "." + ((this.limiter != null) ? this.limiter + "." : "")
					+ ((this.plan != null) ? "plans." + this.plan + "." : "") + this.property;
		}

		/** The name that binds, whatever characters the limiter's name has. */
		String canonical() {
			return this.section + ((this.limiter != null) ? "[" + this.limiter + "]." : ".")
					+ ((this.plan != null) ? "plans[" + this.plan + "]." : "") + this.property;
		}

	}

	/**
	 * Something that only has properties below it.
	 *
	 * @param name its name, such as {@code penstock.bulkheads}
	 * @param named whether it is that of one limiter, where nothing means nothing at all
	 */
	record Section(String name, boolean named) implements PropertyName {
	}

	/**
	 * Nothing.
	 *
	 * @param known what there could be instead of the element that is not known
	 * @param suggestion the whole name that was probably meant, one that there is
	 * @param limiter the limiter whose section this may be
	 * @param inSection whether it stands in a section that there is
	 * @param foreign what a key of another library is called here
	 */
	record Unknown(List<String> known, @Nullable String suggestion, @Nullable String limiter, boolean inSection,
			@Nullable String foreign) implements PropertyName {

		Unknown(List<String> known, @Nullable String suggestion, @Nullable String limiter, boolean inSection) {
			this(known, suggestion, limiter, inSection, null);
		}

		Unknown(List<String> known, @Nullable String suggestion, boolean inSection) {
			this(known, suggestion, null, inSection);
		}

		Unknown withForeign(@Nullable String foreign) {
			return new Unknown(this.known, this.suggestion, this.limiter, this.inSection, foreign);
		}

	}

}
