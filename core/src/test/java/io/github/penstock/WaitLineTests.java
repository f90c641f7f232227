package io.github.penstock;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WaitLine}.
 */
class WaitLineTests {

	private final ManualTime time = new ManualTime();

	private final BusySupply supply = new BusySupply();

	private final WaitLine line = new WaitLine(this.supply, this.time);

	/** One that is kept, such as a future in a collection, must not keep thousands. */
	@Test
	void whoHasLeftHoldsNoneOfThoseWhoLeftWithHim() {
		List<Waiter> all = Stream.generate(this::waiter).limit(100).toList();
		all.forEach((waiter) -> assertThat(this.line.join(waiter, 1000)).isTrue());
		// While the line is being served, so that they are taken off it together.
		this.supply.meanwhile = () -> all.forEach(this.line::leave);
		this.line.serve();
		assertThat(this.line.waiting()).isZero();
		assertThat(all).allSatisfy(WaitLineTests::holdsNobody);
	}

	@Test
	void whoTimedOutHoldsNoneOfThoseWhoTimedOutWithHim() {
		List<Waiter> all = Stream.generate(this::waiter).limit(100).toList();
		all.forEach((waiter) -> assertThat(this.line.join(waiter, 1000)).isTrue());
		this.supply.meanwhile = () -> all.forEach(this.line::expire);
		this.line.serve();
		assertThat(this.line.waiting()).isZero();
		assertThat(all).allSatisfy(WaitLineTests::holdsNobody);
	}

	@Test
	void whoCameTogetherHoldNobodyOnceTheyAreDecided() {
		List<Waiter> all = Stream.generate(this::waiter).limit(100).toList();
		Waiter first = waiter();
		assertThat(this.line.join(first, 1000)).isTrue();
		this.supply.meanwhile = () -> all.forEach((waiter) -> this.line.join(waiter, 1000));
		this.line.serve();
		this.supply.permits = 101;
		this.line.serve();
		assertThat(this.line.waiting()).isZero();
		assertThat(all).allMatch((waiter) -> waiter.state() == Waiter.State.GRANTED)
			.allSatisfy(WaitLineTests::holdsNobody);
	}

	private static void holdsNobody(Waiter waiter) {
		assertThat(waiter.nextArrival).isNull();
		assertThat(waiter.nextDeparture).isNull();
		assertThat(waiter.ahead).isNull();
		assertThat(waiter.behind).isNull();
	}

	private Waiter waiter() {
		return new Waiter(this.line, this.time, Duration.ofHours(1).toNanos(), 1) {

			@Override
			void turnMoved() {
			}

			@Override
			void tell() {
			}

		};
	}

	/** During whose answer something happens once. */
	private static final class BusySupply implements Supply {

		private Runnable meanwhile = () -> {
		};

		private int permits;

		@Override
		public long takeFor(Waiter first) {
			Runnable now = this.meanwhile;
			this.meanwhile = () -> {
			};
			now.run();
			return (this.permits-- > 0) ? 0 : UNKNOWN;
		}

		@Override
		public void untake(Waiter waiter) {
			this.permits++;
		}

		@Override
		public long expectedFor(Waiter waiter, Waiter first, long ahead) {
			return UNKNOWN;
		}

	}

}
