package io.github.penstock.http;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.Permit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;

/**
 * One subscription to a {@link LimitedExchange}. It waits for its permit without a
 * thread. Until there is a response, the permit is its own; then it is the body's.
 * <p>
 * Cancelling and the grant may cross: each of them writes its own field ({@code upstream}
 * and {@code permit}) and then reads the other's, so that at least one of them sees both
 * and gives the permit back. Cancelling and the response may cross as well: who wins
 * {@code answered} says what becomes of the permit and of the body.
 */
final class ExchangeSubscription<T> implements CoreSubscriber<T>, Subscription, Hop {

	private final LimitedExchange<T> exchange;

	private final CoreSubscriber<? super T> actual;

	private final AtomicReference<@Nullable Subscription> upstream = new AtomicReference<>();

	private final AtomicBoolean requested = new AtomicBoolean();

	/** Whether the subscriber has its answer, or does not want one any more. */
	private final AtomicBoolean answered = new AtomicBoolean();

	private volatile @Nullable Admission admission;

	private volatile @Nullable Permit permit;

	/** Whether a redirect has ended the request. */
	private volatile boolean ended;

	// Of the thread that sends the request, while it does.
	private Permit.@Nullable Scope scope;

	private volatile @Nullable Thread sending;

	ExchangeSubscription(LimitedExchange<T> exchange, CoreSubscriber<? super T> actual) {
		this.exchange = exchange;
		this.actual = actual;
	}

	/**
	 * Ask for the permit, while the scopes of the subscriber's thread are still open;
	 * then go on at once if it is there.
	 */
	void start() {
		Admission admission = this.exchange.shares().start(this.exchange.limit());
		this.admission = admission;
		try {
			this.actual.onSubscribe(this);
		}
		catch (Throwable ex) {
			cancel();
			throw ex;
		}
		if (admission.isDone()) {
			settle(admission);
		}
		else {
			admission.whenComplete(this::proceed);
		}
	}

	/** Without a callback, which would swallow what the subscriber throws. */
	private void settle(Admission admission) {
		Permit permit = null;
		Throwable refusal = null;
		try {
			permit = admission.join();
		}
		catch (CompletionException ex) {
			refusal = ex.getCause();
		}
		catch (CancellationException ex) {
			refusal = ex;
		}
		proceed(permit, refusal);
	}

	private void proceed(@Nullable Permit permit, @Nullable Throwable refusal) {
		this.permit = permit;
		if (isCancelled()) {
			release();
		}
		else if (permit != null) {
			send(permit);
		}
		else if (this.answered.compareAndSet(false, true)) {
			this.actual.onError((refusal != null) ? refusal : new IllegalStateException("No permit"));
		}
	}

	private void send(Permit permit) {
		this.scope = permit.makeCurrent();
		this.sending = Thread.currentThread();
		try {
			this.exchange.exchange().subscribe(this);
		}
		finally {
			closeScope();
		}
	}

	/** The scope covers what is done to send the request, and nothing after it. */
	private void closeScope() {
		Permit.Scope scope = this.scope;
		if (this.sending == Thread.currentThread() && scope != null) {
			this.sending = null;
			this.scope = null;
			scope.close();
		}
	}

	private void release() {
		Permit permit = this.permit;
		if (permit != null) {
			permit.close();
		}
	}

	private boolean isCancelled() {
		return this.upstream.get() == Operators.cancelledSubscription();
	}

	@Override
	public Context currentContext() {
		return this.actual.currentContext().put(Hop.ATTRIBUTE, this);
	}

	@Override
	public HttpLimit limit() {
		return this.exchange.limit();
	}

	@Override
	public boolean canEnd() {
		return true;
	}

	@Override
	public boolean hasEnded() {
		return this.ended;
	}

	@Override
	public void end() {
		this.ended = true;
		closeScope();
		release();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		if (!this.upstream.compareAndSet(null, subscription)) {
			subscription.cancel();
		}
		else if (this.requested.get()) {
			subscription.request(Long.MAX_VALUE);
		}
	}

	@Override
	public void onNext(T response) {
		closeScope();
		if (this.answered.compareAndSet(false, true)) {
			answer(response);
		}
		else {
			// Nobody will read the body, which keeps its connection until somebody does.
			this.exchange.responses().discard(response).subscribe();
		}
	}

	private void answer(T response) {
		T held;
		try {
			held = hold(response);
		}
		catch (Throwable ex) {
			release();
			this.actual.onError(ex);
			return;
		}
		this.actual.onNext(held);
	}

	private T hold(T response) {
		if (this.ended) {
			// It is the response to the last redirect, which holds it.
			return response;
		}
		HttpLimit limit = this.exchange.limit();
		Responses<T> responses = this.exchange.responses();
		if (HttpLimit.mayAskForPause(responses.status(response))) {
			HttpHeaders headers = responses.headers(response);
			limit.learn(headers.getFirst(HttpHeaders.RETRY_AFTER), headers.getFirst(HttpHeaders.DATE));
		}
		Permit permit = this.permit;
		if (permit == null || permit == NoPermit.INSTANCE || limit.release() == Release.HEADERS) {
			release();
			return response;
		}
		BodyHold hold = new BodyHold(limit, permit);
		return responses.withBody(response, (body) -> held(body, hold));
	}

	private static Flux<DataBuffer> held(Flux<DataBuffer> body, BodyHold hold) {
		// The permit is back before the end is told, and after the body was cancelled.
		return body.doOnNext((buffer) -> hold.progress()).doOnTerminate(hold::close).doFinally((end) -> hold.close());
	}

	@Override
	public void onError(Throwable failure) {
		closeScope();
		if (this.answered.compareAndSet(false, true)) {
			release();
			this.actual.onError(failure);
		}
		else {
			Operators.onErrorDropped(failure, this.actual.currentContext());
		}
	}

	@Override
	public void onComplete() {
		closeScope();
		if (this.answered.compareAndSet(false, true)) {
			release();
			this.actual.onComplete();
		}
		else if (!isCancelled()) {
			this.actual.onComplete();
		}
	}

	@Override
	public void request(long n) {
		if (Operators.validate(n)) {
			this.requested.set(true);
			Subscription subscription = this.upstream.get();
			if (subscription != null) {
				subscription.request(n);
			}
		}
	}

	@Override
	public void cancel() {
		Subscription subscription = this.upstream.getAndSet(Operators.cancelledSubscription());
		boolean unanswered = this.answered.compareAndSet(false, true);
		if (subscription != null) {
			subscription.cancel();
		}
		Admission admission = this.admission;
		if (admission != null) {
			admission.cancel(false);
		}
		if (unanswered) {
			release();
		}
	}

}
