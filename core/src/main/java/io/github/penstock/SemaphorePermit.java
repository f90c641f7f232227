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

package io.github.penstock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * A permit of a {@link SemaphoreLimiter}, or a share of one. The permit is back when the
 * last share is.
 */
final class SemaphorePermit implements Permit {

	private static final VarHandle CLOSED;

	private static final VarHandle SHARES;

	private static final VarHandle LENT;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			CLOSED = lookup.findVarHandle(SemaphorePermit.class, "closed", boolean.class);
			SHARES = lookup.findVarHandle(SemaphorePermit.class, "shares", int.class);
			LENT = lookup.findVarHandle(SemaphorePermit.class, "lent", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final SemaphoreLimiter limiter;

	/** The permit that this one is a share of; itself if it is none. */
	private final SemaphorePermit root;

	private final long stamp;

	private volatile boolean closed;

	// Of the root only: itself and those made of it, less those that are closed.
	private volatile int shares = 1;

	// Of the root only, written before it is shared: who holds it, if anybody wants to
	// know.
	private CallTracker.@Nullable Entry holder;

	// Of the root only: whether it was held for as long as may be, and is another call's.
	private volatile boolean expired;

	/** Of the root only: keeps it from expiring. */
	private volatile @Nullable Runnable keep;

	// Of the root only: whether its one loan is out.
	private volatile boolean lent;

	private final boolean loan;

	SemaphorePermit(SemaphoreLimiter limiter, long stamp) {
		this.limiter = limiter;
		this.root = this;
		this.loan = false;
		this.stamp = stamp;
	}

	private SemaphorePermit(SemaphorePermit root, boolean loan) {
		this.limiter = root.limiter;
		this.root = root;
		this.loan = loan;
		this.stamp = root.stamp;
	}

	SemaphoreLimiter limiter() {
		return this.limiter;
	}

	/** Whether it can be shared. */
	boolean isOut() {
		return this.root.shares > 0;
	}

	/** A share of this permit; {@code null} if it is back already. */
	@Nullable SemaphorePermit share() {
		return share(false);
	}

	private @Nullable SemaphorePermit share(boolean loan) {
		SemaphorePermit root = this.root;
		int before;
		do {
			before = root.shares;
			if (before <= 0) {
				return null;
			}
		}
		while (!SHARES.compareAndSet(root, before, before + 1));
		return new SemaphorePermit(root, loan);
	}

	/** A share of the permit of a scope of the limiter that this thread is in. */
	static @Nullable SemaphorePermit shareOfScope(SemaphoreLimiter limiter) {
		long[] open = Scopes.current();
		for (int scope = 0; open[2 * scope] != 0; scope++) {
			if (open[2 * scope] == limiter.number()) {
				Scopes.replace(scope, new SemaphorePermit(limiter, open[2 * scope + 1]));
			}
			SemaphorePermit share = share(limiter, open, scope);
			if (share != null) {
				return share;
			}
		}
		return null;
	}

	/** A share of the permit that a scope holds, if it is one of the limiter. */
	static @Nullable SemaphorePermit share(SemaphoreLimiter limiter, long[] open, int scope) {
		SemaphorePermit permit = (open[2 * scope] == -limiter.number()) ? Scopes.permit(scope) : null;
		return (permit != null) ? permit.share() : null;
	}

	/** Whether this thread is in a scope of the limiter. */
	static boolean isInScope(SemaphoreLimiter limiter) {
		long[] open = Scopes.current();
		for (int scope = 0; open[2 * scope] != 0; scope++) {
			SemaphorePermit permit = (open[2 * scope] == -limiter.number()) ? Scopes.permit(scope) : null;
			if (open[2 * scope] == limiter.number() || (permit != null && permit.isOut())) {
				return true;
			}
		}
		return false;
	}

	/** The permit of the innermost scope of the limiter that this thread is in. */
	static @Nullable SemaphorePermit ofScope(SemaphoreLimiter limiter) {
		int scope = Scopes.last(limiter.number());
		if (scope >= 0 && Scopes.permit(scope) == null) {
			Scopes.replace(scope, new SemaphorePermit(limiter, Scopes.current()[2 * scope + 1]));
		}
		return (scope >= 0) ? Scopes.permit(scope) : null;
	}

	/**
	 * The one loan of this permit; {@code null} if it is out, or the permit is back. The
	 * scopes of nested calls are shares as well, but no loans.
	 */
	@Nullable SemaphorePermit lend() {
		if (this.closed || !LENT.compareAndSet(this.root, false, true)) {
			return null;
		}
		SemaphorePermit loan = share(true);
		if (loan == null) {
			this.root.lent = false;
		}
		return loan;
	}

	/** A future that is done, with this permit. */
	CompletableFuture<Permit> asFuture() {
		try {
			return CompletableFuture.completedFuture(this);
		}
		catch (Throwable ex) {
			close();
			throw ex;
		}
	}

	/** Whether it is known who holds it. */
	boolean isHeld() {
		return this.root.holder != null;
	}

	/** Take the entry out when the permit is back. */
	SemaphorePermit hold(CallTracker.Entry holder) {
		this.root.holder = holder;
		this.root.keep = this.limiter.expireLater(this.root::expire);
		return this;
	}

	/** Be back, though whoever holds this goes on. */
	private void expire() {
		if ((int) SHARES.getAndSet(this, 0) > 0) {
			this.expired = true;
			try {
				giveBack();
			}
			finally {
				this.limiter.tellOfLoss(1);
			}
		}
	}

	/**
	 * Be nobody's, as nobody has got it: whoever calls this gives it back.
	 * @return false if it has expired, and is back by that
	 */
	boolean forget() {
		notExpire();
		return (int) SHARES.getAndSet(this, 0) > 0;
	}

	private void notExpire() {
		Runnable keep = this.keep;
		if (keep != null) {
			keep.run();
		}
	}

	private void giveBack() {
		try {
			if (this.holder != null) {
				this.holder.leave();
			}
		}
		finally {
			this.limiter.giveBack(this.stamp);
		}
	}

	@Override
	public void close() {
		if (!CLOSED.compareAndSet(this, false, true)) {
			return;
		}
		if (this.loan) {
			this.root.lent = false;
		}
		if ((int) SHARES.getAndAdd(this.root, -1) == 1) {
			this.root.notExpire();
			this.root.giveBack();
		}
	}

	@Override
	public boolean isValid() {
		return !this.closed && !this.root.expired && this.limiter.isValid(this.root.stamp);
	}

	@Override
	public Scope makeCurrent() {
		Scope scope = new OpenScope(this);
		Scopes.open(this);
		return scope;
	}

	@Override
	public String toString() {
		return "Permit of '" + this.limiter.name() + "'" + (this.closed ? ", given back" : "");
	}

	/** A scope that was opened by hand, and may be closed more than once. */
	private static final class OpenScope implements Scope {

		private final SemaphorePermit permit;

		private boolean closed;

		private OpenScope(SemaphorePermit permit) {
			this.permit = permit;
		}

		@Override
		public void close() {
			if (!this.closed) {
				this.closed = true;
				Scopes.close(this.permit);
			}
		}

	}

}
