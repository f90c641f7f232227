package io.github.penstock.aop;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.LimitExceededException;
import io.github.penstock.Limits;
import io.github.penstock.RateLimitExceededException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.util.StringValueResolver;

/**
 * Makes the interceptors of limited methods: what they declare is announced at once, the
 * limiters are asked for when everything has been announced, or at the first call.
 */
final class LimitOperations {

	private final Supplier<LimiterDeclarations> declarations;

	private final DeclarationReader reader;

	/** Those that have no limiters yet; {@code null} once nothing is waited for. */
	private @Nullable List<LimitInterceptor> unbound = new ArrayList<>();

	private Runnable declareAll = () -> {
	};

	/**
	 * Create the factory.
	 * @param declarations gives the place where annotations and configuration meet
	 * @param resolver resolves placeholders
	 */
	LimitOperations(Supplier<LimiterDeclarations> declarations, StringValueResolver resolver) {
		this.declarations = declarations;
		this.reader = new DeclarationReader(resolver);
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
			interceptors.forEach(LimitInterceptor::bind);
		}
	}

	private LimitInterceptor create(LimitedMethod limited) {
		ReturnKind kind = ReturnKind.of(limited);
		LimitInterceptor.LimitedOperation operation = new LimitInterceptor.LimitedOperation(limits(limited),
				fallback(limited, limited.bulkhead(), BulkheadFullException.class),
				fallback(limited, limited.rateLimited(), RateLimitExceededException.class));
		return switch (kind) {
			case SYNC -> new SyncLimitInterceptor(operation);
			case STAGE -> new StageLimitInterceptor(operation);
			case PUBLISHER -> new PublisherLimitInterceptor(operation, limited);
			case RESPONSE -> new ResponseLimitInterceptor(operation);
		};
	}

	private Supplier<Limits> limits(LimitedMethod limited) {
		LimiterDeclarations declarations = this.declarations.get();
		BulkheadDeclaration bulkhead = (limited.bulkhead() != null) ? this.reader.read(limited.bulkhead()) : null;
		RateLimitDeclaration rate = (limited.rateLimited() != null) ? this.reader.readRate(limited.rateLimited())
				: null;
		if (bulkhead != null) {
			declarations.declare(bulkhead);
		}
		if (rate != null) {
			declarations.declare(rate);
		}
		String caller = limited.targetClass().getName() + "." + limited.method().getName();
		Supplier<Limits> limits = () -> Limits
			.of((bulkhead != null) ? declarations.concurrencyLimiter(bulkhead.name()).calledBy(caller) : null,
					(rate != null) ? declarations.rateLimiter(rate.name()) : null)
			.withTimeouts((bulkhead != null) ? declarations.timeout(bulkhead) : null,
					(rate != null) ? declarations.timeout(rate) : null);
		return () -> isStarting() ? early(limits) : limits.get();
	}

	private synchronized boolean isStarting() {
		return this.unbound != null;
	}

	/** Called while beans are still being made. */
	private Limits early(Supplier<Limits> limits) {
		this.declareAll.run();
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

}
