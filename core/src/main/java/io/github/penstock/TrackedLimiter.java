package io.github.penstock;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * A concurrency limiter that knows who holds its permits and who waits for them. It is
 * put around another one where that is wanted, so that it costs nothing where it is not.
 */
final class TrackedLimiter implements ConcurrencyLimiter {

	/** What the current thread has opened, the innermost first. */
	private final ThreadLocal<@Nullable Deque<Roll.Entry>> scopes = new ThreadLocal<>();

	private final ConcurrencyLimiter limiter;

	private final Roll holders;

	private final Roll waiters;

	TrackedLimiter(ConcurrencyLimiter limiter, TimeSource time) {
		this.limiter = limiter;
		this.holders = new Roll(time);
		this.waiters = new Roll(time);
		limiter.listen(new LimiterListener() {

			@Override
			public Wait waiting() {
				Roll.Entry entry = TrackedLimiter.this.waiters.enter();
				return (refusal) -> TrackedLimiter.this.waiters.leave(entry);
			}

		});
	}

	@Override
	public Object enter() {
		Object entry = this.limiter.enter();
		try {
			open(hold());
		}
		catch (Throwable ex) {
			this.limiter.exit(entry);
			throw ex;
		}
		return entry;
	}

	@Override
	public void exit(Object entry) {
		try {
			this.holders.leave(close());
		}
		finally {
			this.limiter.exit(entry);
		}
	}

	/** The entry of the permit that this thread shares, or a new one. */
	private Roll.Entry hold() {
		Deque<Roll.Entry> open = this.scopes.get();
		Roll.Entry current = (open != null) ? open.peek() : null;
		return (current != null && current.share()) ? current : this.holders.enter();
	}

	private void open(Roll.Entry entry) {
		Deque<Roll.Entry> open = this.scopes.get();
		if (open == null) {
			open = new ArrayDeque<>(4);
			this.scopes.set(open);
		}
		open.push(entry);
	}

	private Roll.Entry close() {
		Deque<Roll.Entry> open = this.scopes.get();
		Roll.Entry last = (open != null) ? open.poll() : null;
		if (last == null) {
			throw new IllegalStateException("This thread is in no scope of bulkhead '" + name() + "'");
		}
		if (open != null && open.isEmpty()) {
			this.scopes.remove();
		}
		return last;
	}

	@Override
	public Permit acquire() throws InterruptedException {
		return track(this.limiter.acquire());
	}

	@Override
	public Permit acquire(Duration timeout) throws InterruptedException {
		return track(this.limiter.acquire(timeout));
	}

	@Override
	public @Nullable Permit tryAcquire() {
		Permit permit = this.limiter.tryAcquire();
		return (permit != null) ? track(permit) : null;
	}

	@Override
	public @Nullable Permit tryShare() {
		Permit permit = this.limiter.tryShare();
		return (permit != null) ? track(permit) : null;
	}

	@Override
	public @Nullable Object tryCheckOut() {
		Object permit = this.limiter.tryCheckOut();
		return (permit != null) ? track(permit) : null;
	}

	@Override
	public Object checkOut() {
		return track(this.limiter.checkOut());
	}

	private Object track(Object permit) {
		try {
			return new CheckedOut(permit, this.holders.enter());
		}
		catch (Throwable ex) {
			this.limiter.checkIn(permit);
			throw ex;
		}
	}

	@Override
	public void checkIn(Object permit) {
		CheckedOut checkedOut = (CheckedOut) permit;
		try {
			this.holders.leave(checkedOut.entry());
		}
		finally {
			this.limiter.checkIn(checkedOut.permit());
		}
	}

	private Permit track(Permit permit) {
		return track(permit, this::hold);
	}

	private Permit track(Permit permit, Supplier<Roll.Entry> entry) {
		try {
			return new TrackedPermit(permit, entry.get());
		}
		catch (Throwable ex) {
			permit.close();
			throw ex;
		}
	}

	@Override
	public CompletableFuture<Permit> acquireAsync() {
		return track(this.limiter.acquireAsync());
	}

	@Override
	public CompletableFuture<Permit> acquireAsync(Duration timeout, Executor executor) {
		return track(this.limiter.acquireAsync(timeout, executor));
	}

	private CompletableFuture<Permit> track(CompletableFuture<Permit> acquired) {
		if (acquired.isDone()) {
			// Not by thenApply, which would wrap a refusal.
			return (acquired.isCompletedExceptionally()) ? acquired
					: CompletableFuture.completedFuture(track(acquired.join()));
		}
		Caller caller = new Caller(Callers.find(), Thread.currentThread().getName());
		CompletableFuture<Permit> tracked = new CompletableFuture<>();
		acquired.whenComplete((permit, failure) -> {
			if (permit == null) {
				tracked.completeExceptionally(failure);
				return;
			}
			Permit held = track(permit, () -> this.holders.enter(caller.what(), caller.thread()));
			if (!tracked.complete(held)) {
				held.close();
			}
		});
		tracked.whenComplete((permit, failure) -> acquired.cancel(false));
		return tracked;
	}

	@Override
	public List<Holder> holders(int most) {
		return this.holders.oldest(most);
	}

	@Override
	public List<Holder> waiters(int most) {
		return this.waiters.oldest(most);
	}

	@Override
	public boolean isTracked() {
		return true;
	}

	@Override
	public void listen(LimiterListener listener) {
		this.limiter.listen(listener);
	}

	@Override
	public String name() {
		return this.limiter.name();
	}

	@Override
	public boolean isHeldByCurrentThread() {
		return this.limiter.isHeldByCurrentThread();
	}

	@Override
	public int max() {
		return this.limiter.max();
	}

	@Override
	public int inUse() {
		return this.limiter.inUse();
	}

	@Override
	public int available() {
		return this.limiter.available();
	}

	@Override
	public int waiting() {
		return this.limiter.waiting();
	}

	@Override
	public LimiterStats stats() {
		return this.limiter.stats();
	}

	@Override
	public ConcurrencyLimiterSpec spec() {
		return this.limiter.spec();
	}

	@Override
	public ConcurrencyLimiterSpec configured() {
		return this.limiter.configured();
	}

	@Override
	public ConcurrencyLimiterSpec change(UnaryOperator<ConcurrencyLimiterSpec> change) {
		return this.limiter.change(change);
	}

	@Override
	public void configure(ConcurrencyLimiterSpec configured) {
		this.limiter.configure(configured);
	}

	@Override
	public void reset() {
		this.limiter.reset();
	}

	@Override
	public String toString() {
		return name();
	}

	/** Who asked for a permit that comes later. */
	private record Caller(String what, String thread) {
	}

	/** A permit, or a share of one, that takes its entry out when it is given back. */
	private final class TrackedPermit implements Permit {

		private final AtomicBoolean closed = new AtomicBoolean();

		private final Permit permit;

		private final Roll.Entry entry;

		private TrackedPermit(Permit permit, Roll.Entry entry) {
			this.permit = permit;
			this.entry = entry;
		}

		@Override
		public void close() {
			if (this.closed.compareAndSet(false, true)) {
				TrackedLimiter.this.holders.leave(this.entry);
				this.permit.close();
			}
		}

		@Override
		public Scope makeCurrent() {
			Scope scope = this.permit.makeCurrent();
			open(this.entry);
			return new TrackedScope(scope);
		}

		@Override
		public String toString() {
			return this.permit.toString();
		}

	}

	/** A scope of a permit, which may be closed more than once. */
	private final class TrackedScope implements Permit.Scope {

		private final Permit.Scope scope;

		private boolean closed;

		private TrackedScope(Permit.Scope scope) {
			this.scope = scope;
		}

		@Override
		public void close() {
			if (!this.closed) {
				this.closed = true;
				TrackedLimiter.this.close();
			}
			this.scope.close();
		}

	}

	/** A permit that was checked out, and its holder. */
	private record CheckedOut(Object permit, Roll.Entry entry) {
	}

}
