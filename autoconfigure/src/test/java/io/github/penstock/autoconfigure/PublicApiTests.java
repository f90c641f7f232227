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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.penstock.Limiter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What docs/compatibility.md calls API: the build compares just that, and it speaks of
 * nothing else.
 */
class PublicApiTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.importUrls(Stream.of(Limiter.class, PenstockAutoConfiguration.class)
			.map((type) -> type.getProtectionDomain().getCodeSource().getLocation())
			.toList());

	/** What of the core is no API. */
	private static final Set<String> EXCLUDED = texts("core", "api-check", "exclude");

	/** What of this module is API. */
	private static final Set<String> INCLUDED = texts("autoconfigure", "api-check", "include");

	@Test
	void typeThatTheBuildComparesIsPublicAndOnThePage() throws IOException {
		String page = Files.readString(Path.of("../docs/compatibility.md"));
		assertThat(INCLUDED).isNotEmpty().allSatisfy((name) -> {
			assertThat(CLASSES.get(name).getModifiers()).contains(JavaModifier.PUBLIC);
			assertThat(page).contains("`" + name.replace("io.github.penstock.", "") + "`");
		});
	}

	@Test
	void javadocIsOfTheSameTypes() {
		assertThat(texts("autoconfigure", "javadoc", "include")).containsExactlyInAnyOrderElementsOf(
				INCLUDED.stream().map((name) -> name.replace('.', '/') + ".java").toList());
	}

	@Test
	void exceptionOfTheCoreIsOnThePage() throws IOException {
		String page = Files.readString(Path.of("../docs/compatibility.md"));
		assertThat(EXCLUDED).isNotEmpty().allSatisfy((name) -> {
			String type = name.replaceFirst("#.*", "");
			assertThat(CLASSES.get(type).getModifiers()).contains(JavaModifier.PUBLIC);
			String member = name.replaceFirst(".*#(\\w+).*", ".$1");
			String simple = type.substring(type.lastIndexOf('.') + 1) + (name.contains("#") ? member : "");
			assertThat(page).contains("`" + simple + "`");
		});
	}

	@Test
	void apiSpeaksOfApiOnly() {
		assertThat(CLASSES.stream().filter(PublicApiTests::isApi).flatMap(PublicApiTests::strangers)).isEmpty();
	}

	private static Stream<String> strangers(JavaClass type) {
		Stream<JavaType> parents = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
		return Stream.concat(parents.flatMap((parent) -> strangers(parent, type.getName())),
				Stream.concat(
						type.getFields()
							.stream()
							.filter((field) -> isVisible(field.getModifiers()))
							.flatMap((field) -> strangers(field.getType(), field.getFullName())),
						type.getCodeUnits()
							.stream()
							.filter((unit) -> isVisible(unit.getModifiers()))
							.filter((unit) -> EXCLUDED.stream().noneMatch(apiNameOf(unit)::startsWith))
							.flatMap((unit) -> Stream
								.of(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream(),
										unit.getExceptionTypes().stream())
								.flatMap((types) -> types)
								.flatMap((used) -> strangers(used, unit.getFullName())))));
	}

	private static Stream<String> strangers(JavaType used, String where) {
		return used.getAllInvolvedRawTypes()
			.stream()
			.map(JavaClass::getBaseComponentType)
			.filter((raw) -> raw.getName().startsWith("io.github.penstock."))
			.filter((raw) -> !isApi(raw))
			.map((raw) -> where + " speaks of " + raw.getName() + ", which is no API");
	}

	/** As the build's list has a method: without blanks between the parameters. */
	private static String apiNameOf(JavaCodeUnit unit) {
		return unit.getOwner().getName() + "#" + unit.getName()
				+ unit.getRawParameterTypes()
					.stream()
					.map(JavaClass::getName)
					.collect(Collectors.joining(",", "(", ")"));
	}

	private static boolean isApi(JavaClass type) {
		for (JavaClass around = type; around != null; around = around.getEnclosingClass().orElse(null)) {
			if (!isVisible(around.getModifiers())) {
				return false;
			}
		}
		String name = type.getName().replaceFirst("\\$.*", "");
		return isOfTheCore(type) ? !EXCLUDED.contains(name) : INCLUDED.contains(name);
	}

	private static boolean isOfTheCore(JavaClass type) {
		return Set.of("io.github.penstock", "io.github.penstock.annotation", "io.github.penstock.work")
			.contains(type.getPackageName());
	}

	private static boolean isVisible(Set<JavaModifier> modifiers) {
		return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
	}

	/** What a profile of a module has in the elements of a name. */
	private static Set<String> texts(String module, String profile, String element) {
		try {
			String pom = Files.readString(Path.of("../" + module + "/pom.xml"));
			String part = pom.substring(pom.indexOf("<id>" + profile + "</id>"));
			return Pattern.compile("<" + element + ">([^<]+)</" + element + ">")
				.matcher(part.substring(0, part.indexOf("</profile>")))
				.results()
				.map((match) -> match.group(1))
				.collect(Collectors.toSet());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
