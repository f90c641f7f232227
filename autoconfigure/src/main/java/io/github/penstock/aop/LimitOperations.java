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

package io.github.penstock.aop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.CallLimits;
import io.github.penstock.LimitExceededException;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiter;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import io.github.penstock.aop.expression.ExpressionContext;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.util.StringValueResolver;

/**
 * Makes the interceptors of limited methods: what they declare is announced at once, the
 * limiters are asked for when everything has been announced, or at the first call.
 */
final class LimitOperations {

	private final Supplier<LimiterDeclarations> declarations;

	private final DeclarationReader reader;

	private final @Nullable ConfigurableBeanFactory beans;

	/** Made when the first key or cost is seen, which most applications do not have. */
	private volatile @Nullable CallExpressions expressions;

	/** Those that have no limiters yet; {@code null} once nothing is waited for. */
	private @Nullable List<LimitInterceptor> unbound = new ArrayList<>();

	private @Nullable Runnable declareAll;

	/**
	 * Create the factory.
	 * @param declarations gives the place where annotations and configuration meet
	 * @param resolver resolves placeholders
	 */
	LimitOperations(Supplier<LimiterDeclarations> declarations, StringValueResolver resolver) {
		this(declarations, new DeclarationReader(resolver), null);
	}

	/**
	 * Create the factory.
	 * @param declarations gives the place where annotations and configuration meet
	 * @param beans resolves placeholders, and has the beans that expressions refer to
	 */
	LimitOperations(Supplier<LimiterDeclarations> declarations, ConfigurableBeanFactory beans) {
		this(declarations, new DeclarationReader(beans::resolveEmbeddedValue), beans);
	}

	private LimitOperations(Supplier<LimiterDeclarations> declarations, DeclarationReader reader,
			@Nullable ConfigurableBeanFactory beans) {
		this.declarations = declarations;
		this.reader = reader;
		this.beans = beans;
	}

	/**
	 * Say how to announce what beans declare that have not been made yet, for calls that
	 * cannot wait for them.
	 */
	void onEarlyCall(Runnable declareAll) {
		this.declareAll = declareAll;
	}

	/**
	 * Make the interceptor of a method.
	 * @throws InvalidLimitDeclarationException if its annotations cannot do what they say
	 */
	LimitInterceptor interceptor(LimitedMethod limited) {
		LimitInterceptor interceptor = create(limited);
		if (!defer(interceptor)) {
			interceptor.bind();
		}
		return interceptor;
	}

	private synchronized boolean defer(LimitInterceptor interceptor) {
		return this.unbound != null && this.unbound.add(interceptor);
	}

	/**
	 * All that is declared at start-up has been: bind it, so that what is wrong shows.
	 */
	void bindAll() {
		List<LimitInterceptor> interceptors;
		synchronized (this) {
			interceptors = this.unbound;
			this.unbound = null;
		}
		if (interceptors != null) {
			for (LimitInterceptor interceptor : interceptors) {
				interceptor.bind();
			}
		}
	}

	private LimitInterceptor create(LimitedMethod limited) {
		ReturnKind kind = ReturnKind.of(limited);
		LimitInterceptor.LimitedOperation operation = operation(limited);
		return switch (kind) {
			case SYNC -> new SyncLimitInterceptor(operation);
			case STAGE -> new StageLimitInterceptor(operation);
			case PUBLISHER -> new PublisherLimitInterceptor(operation, limited);
			case RESPONSE -> new ResponseLimitInterceptor(operation);
		};
	}

	private LimitInterceptor.LimitedOperation operation(LimitedMethod limited) {
		LimiterDeclarations declarations = this.declarations.get();
		MergedAnnotation<Bulkhead> annotation = limited.bulkhead();
		BulkheadDeclaration bulkhead = (annotation != null) ? this.reader.read(annotation) : null;
		if (bulkhead != null) {
			declarations.declare(bulkhead);
		}
		CallLimits.Key<MethodInvocation> permitKey = (annotation != null) ? key(annotation, limited) : null;
		Map<String, DeclaredRate> rates = new LinkedHashMap<>();
		Map<String, Fallback> fallbacks = new LinkedHashMap<>();
		boolean needsPrincipal = needsPrincipal(permitKey);
		for (MergedAnnotation<RateLimited> rateLimited : limited.rateLimited()) {
			DeclaredRate rate = new DeclaredRate(this.reader.readRate(rateLimited), key(rateLimited, limited),
					cost(rateLimited, limited));
			String name = rate.declaration().name();
			if (rates.put(name, rate) != null) {
				throw new InvalidLimitDeclarationException(limited.where(),
						"there are two @RateLimited of the name '" + name + "', which would be one limit",
						"Give each of them a name of its own");
			}
			declarations.declare(rate.declaration());
			Fallback fallback = fallback(limited, rateLimited, RateLimitExceededException.class);
			if (fallback != null) {
				fallbacks.put(name, fallback);
			}
			needsPrincipal |= needsPrincipal(rate.key()) || needsPrincipal(rate.cost());
		}
		String caller = limited.targetClass().getName() + "." + limited.method().getName();
		Supplier<CallLimits<MethodInvocation>> limits = () -> CallLimits.of(
				(bulkhead != null) ? declarations.concurrencyLimiter(bulkhead.name()).calledBy(caller) : null,
				permitKey, (bulkhead != null) ? declarations.timeout(bulkhead) : null,
				bind(rates.values(), declarations));
		return new LimitInterceptor.LimitedOperation(() -> isStarting() ? early(limits) : limits.get(),
				fallback(limited, limited.bulkhead(), BulkheadFullException.class), fallbacks, needsPrincipal);
	}

	private static List<CallLimits.Rate<MethodInvocation>> bind(Collection<DeclaredRate> rates,
			LimiterDeclarations declarations) {
		List<CallLimits.Rate<MethodInvocation>> bound = new ArrayList<>();
		for (DeclaredRate rate : rates) {
			bound.add(rate.bind(declarations));
		}
		return bound;
	}

	private CallLimits.@Nullable Key<MethodInvocation> key(MergedAnnotation<?> annotation, LimitedMethod limited) {
		return this.reader.hasKey(annotation) ? expressions().key(annotation, limited) : null;
	}

	private CallLimits.@Nullable Cost<MethodInvocation> cost(MergedAnnotation<RateLimited> annotation,
			LimitedMethod limited) {
		return this.reader.hasCost(annotation) ? expressions().cost(annotation, limited) : null;
	}

	private CallExpressions expressions() {
		CallExpressions expressions = this.expressions;
		if (expressions == null) {
			expressions = new CallExpressions(this.reader,
					(this.beans != null) ? ExpressionContext.of(this.beans) : null);
			this.expressions = expressions;
		}
		return expressions;
	}

	private static boolean needsPrincipal(@Nullable Object expression) {
		return expression != null && CallExpressions.needsPrincipal(expression);
	}

	private synchronized boolean isStarting() {
		return this.unbound != null;
	}

	/** Called while beans are still being made. */
	private CallLimits<MethodInvocation> early(Supplier<CallLimits<MethodInvocation>> limits) {
		if (this.declareAll != null) {
			this.declareAll.run();
		}
		try {
			return limits.get();
		}
		catch (InvalidLimitDeclarationException ex) {
			throw new InvalidLimitDeclarationException(ex.where(),
					"it is called before all beans have been made, whose annotations may say more; so far, "
							+ ex.problem(),
					"Call it later, such as when the application is ready. Otherwise: " + ex.mend());
		}
	}

	private @Nullable Fallback fallback(LimitedMethod limited, @Nullable MergedAnnotation<?> annotation,
			Class<? extends LimitExceededException> refusal) {
		String name = (annotation != null) ? this.reader.fallback(annotation) : null;
		if (annotation != null && annotation.getSource() instanceof Class<?>
				&& limited.method().getName().equals(name)) {
			// What stands on a class holds for its fallback as well, which has none.
			return null;
		}
		return (name != null) ? FallbackResolver.resolve(limited, name, refusal) : null;
	}

	/**
	 * One rate limit of a method.
	 *
	 * @param declaration what its annotation says
	 * @param key whose tokens a call takes, {@code null} for everybody's
	 * @param cost how many, {@code null} for one
	 */
	private record DeclaredRate(RateLimitDeclaration declaration, CallLimits.@Nullable Key<MethodInvocation> key,
			CallLimits.@Nullable Cost<MethodInvocation> cost) {

		CallLimits.Rate<MethodInvocation> bind(LimiterDeclarations declarations) {
			RateLimiter limiter = declarations.rateLimiter(this.declaration.name());
			Long constant = (this.cost instanceof CallExpressions.CostOfCall ofCall) ? ofCall.constant() : null;
			if (constant != null && constant > limiter.spec().capacity() && limiter.spec().plans().isEmpty()) {
				throw new InvalidLimitDeclarationException(this.declaration.where(),
						"a cost of " + constant + " can never be paid, for the bucket of rate limit '"
								+ this.declaration.name() + "' holds " + limiter.spec().capacity() + " tokens",
						"Raise its burst to the cost at least, or lower the cost");
			}
			return new CallLimits.Rate<>(limiter, this.key, this.cost, declarations.timeout(this.declaration));
		}

	}

}
