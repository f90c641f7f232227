package io.github.penstock.benchmarks.report;

/**
 * What JMH found for one contender.
 *
 * @param title the contender
 * @param nanos the mean per call
 * @param error half the width of its confidence interval of 99.9 %
 * @param bytes what a call allocates
 */
record Measurement(String title, double nanos, double error, double bytes) {

	String nanosText() {
		return Numbers.text(this.nanos) + " ± " + Numbers.text(this.error);
	}

	String bytesText() {
		return Numbers.text(Math.round(this.bytes));
	}

}
