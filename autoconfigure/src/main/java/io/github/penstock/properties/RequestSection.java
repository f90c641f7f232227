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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.InvalidLimitException;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.requests.RequestKey;
import io.github.penstock.requests.RequestRule;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The section {@code penstock.requests}. That each rule has a limit is checked whether
 * there is a web application or not; paths and keys are read where there is one.
 */
public final class RequestSection {

	private static final String PATHS = "paths";

	private static final String PRINCIPAL = "principal";

	private final NamedProperties<PenstockProperties.Request> section;

	private RequestSection(NamedProperties<PenstockProperties.Request> section) {
		this.section = section;
	}

	/** Check what is written and tell the limiters who uses them. */
	static void declare(NamedProperties<PenstockProperties.Request> section, ConfiguredLimiters limiters) {
		check(section);
		RequestSection rules = new RequestSection(section);
		for (Map.Entry<String, PenstockProperties.Request> entry : section.values().entrySet()) {
			rules.choice(entry.getKey(), entry.getValue()).use(limiters);
		}
	}

	/** Check what is written. */
	static void check(NamedProperties<PenstockProperties.Request> section) {
		new RequestSection(section).check();
	}

	/**
	 * Return whether a rule needs to know who calls, without reading its key.
	 * @param section what is written
	 * @return whether any rule does
	 */
	public static boolean mentionsPrincipal(NamedProperties<PenstockProperties.Request> section) {
		return section.values()
			.values()
			.stream()
			.anyMatch((rule) -> isPrincipal(rule.plan())
					|| (rule.key() != null && rule.key().stream().anyMatch(RequestSection::isPrincipal)));
	}

	private static boolean isPrincipal(@Nullable String source) {
		return source != null && source.trim().equalsIgnoreCase(PRINCIPAL);
	}

	/**
	 * Make the rules, when all that is said of the limiters is known.
	 * @param section what is written, checked before
	 * @param limiters gives the limiters
	 * @param web what the web application has to do with it
	 * @return the rules
	 */
	public static List<RequestRule> make(NamedProperties<PenstockProperties.Request> section,
			ConfiguredLimiters limiters, Web web) {
		RequestSection rules = new RequestSection(section);
		List<RequestRule> all = new ArrayList<>();
		section.values().forEach((name, properties) -> all.add(rules.make(name, properties, limiters, web)));
		return all;
	}

	private RequestRule make(String name, PenstockProperties.Request properties, ConfiguredLimiters limiters, Web web) {
		LimiterChoice choice = choice(name, properties);
		RequestRule.Builder rule = RequestRule.named(name);
		List<String> paths = Objects.requireNonNullElse(properties.paths(), List.of());
		checkEach(name, PATHS, paths, (pattern) -> rule.path(pattern, web.parser()));
		check(name, PATHS, () -> rule.unlimited(web.unlimited(), web.parser()));
		List<String> methods = properties.methods();
		if (methods != null) {
			checkEach(name, "methods", methods, rule::method);
		}
		List<String> key = properties.key();
		if (key != null) {
			checkEach(name, "key", key, (source) -> rule.key(source, web.keys()));
		}
		String plan = properties.plan();
		if (plan != null) {
			check(name, "plan", () -> rule.plan(plan, web.keys()));
		}
		List<String> statuses = properties.chargeStatuses();
		if (statuses != null) {
			checkEach(name, "charge-statuses", statuses, rule::chargeStatus);
		}
		String bulkhead = choice.bulkheadName();
		String rateLimit = choice.rateLimitName();
		return rule.permits((bulkhead != null) ? limiters.concurrencyLimiter(bulkhead) : null)
			.tokens((rateLimit != null) ? limiters.rateLimiter(rateLimit) : null)
			.permitTimeout((choice.ownBulkhead() == null) ? properties.timeoutOrDefault() : null)
			.tokenTimeout((choice.ownRateLimit() == null) ? properties.timeoutOrDefault() : null)
			.headers(properties.headers())
			.keysShown(web.keysShown())
			.build();
	}

	private void checkEach(String name, String property, List<String> values, Step step) {
		for (int i = 0; i < values.size(); i++) {
			String value = values.get(i);
			String each = (this.section.written(name, property) != null) ? property : property + "[" + i + "]";
			check(name, each, () -> step.take(value));
		}
	}

	private void check(String name, String property, Runnable step) {
		try {
			step.run();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidLimitDeclarationException(this.section.place(name, property),
					String.valueOf(ex.getMessage()), "Correct it there");
		}
	}

	private LimiterChoice choice(String name, PenstockProperties.Request properties) {
		return new LimiterChoice(this.section, name, properties.bulkhead(), properties.rateLimit(),
				properties.ownBulkhead(), properties.ownRateLimit());
	}

	private void check() {
		for (Map.Entry<String, PenstockProperties.Request> entry : this.section.values().entrySet()) {
			check(entry.getKey(), entry.getValue());
		}
	}

	private void check(String name, PenstockProperties.Request properties) {
		if (properties.paths() == null || properties.paths().isEmpty()) {
			throw new InvalidLimitDeclarationException(this.section.entry(name),
					"it has no paths, so that nothing would be limited",
					"Add paths, such as paths: [\"/api/**\", \"!/api/health\"]");
		}
		LimiterChoice choice = choice(name, properties);
		choice.check();
		if (choice.isNamedOnly()) {
			choice.checkUnused("max-waiting", properties.maxWaiting());
			choice.checkUnused("enforce", properties.enforce());
			choice.checkUnused("max-keys", properties.maxKeys());
			choice.checkUnused("shared", properties.shared());
			choice.checkUnused("on-outage", properties.onOutage());
		}
		Duration timeout = properties.timeout();
		if (timeout != null) {
			try {
				ConcurrencyLimiterSpec.of(0).withTimeout(timeout);
			}
			catch (InvalidLimitException ex) {
				throw Declared.invalid(this.section.place(name, "timeout"), ex, quoted(name, ex.property()));
			}
		}
		if (properties.plan() != null && properties.key() == null) {
			throw new InvalidLimitDeclarationException(this.section.place(name, "plan"),
					"a plan is that of a key, and there is no key", "Add the key, or remove the plan");
		}
		if (properties.plan() != null && choice.ownRateLimit() != null && choice.bulkhead() == null) {
			throw new InvalidLimitDeclarationException(this.section.place(name, "plan"),
					"the numbers of a rule have no plans",
					"Name a limiter as rate-limit instead, whose numbers and plans stand in penstock.rate-limits");
		}
		if (properties.chargeStatuses() != null && choice.rateLimitName() == null) {
			throw new InvalidLimitDeclarationException(this.section.place(name, "charge-statuses"),
					"they would do nothing, for there is no rate limit",
					"Add rps, or limit and per, or the name of a rate-limit; or remove them");
		}
	}

	private @Nullable String quoted(String name, String property) {
		WrittenProperty written = this.section.written(name, property);
		return (written != null) ? written.quoted() : null;
	}

	private interface Step {

		void take(String value);

	}

	/**
	 * What the web application has to do with the rules.
	 *
	 * @param parser parses paths as the handlers' paths are
	 * @param unlimited paths that are not limited, nor what is below them, unless a rule
	 * names them
	 * @param keys finds the bean of a name, and throws if there is none
	 * @param keysShown whether keys may be seen
	 */
	public record Web(PathPatternParser parser, List<String> unlimited, Function<String, RequestKey> keys,
			boolean keysShown) {
	}

}
