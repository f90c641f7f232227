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

package io.github.penstock.benchmarks.scale;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import com.sun.management.OperatingSystemMXBean;

/**
 * What something took.
 *
 * @param wallMillis the time on the clock
 * @param cpuMillis the time of all processors
 * @param peakHeapMegabytes the most that was on the heap at a time, garbage included
 */
record Usage(double wallMillis, double cpuMillis, double peakHeapMegabytes) {

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private static final List<MemoryPoolMXBean> HEAP = ManagementFactory.getMemoryPoolMXBeans()
		.stream()
		.filter((pool) -> pool.getType() == MemoryType.HEAP)
		.toList();

	/** Return what a task takes. */
	static Usage of(Callable<?> task) throws Exception {
		System.gc();
		HEAP.forEach(MemoryPoolMXBean::resetPeakUsage);
		long cpu = SYSTEM.getProcessCpuTime();
		long start = System.nanoTime();
		task.call();
		long wallNanos = System.nanoTime() - start;
		long cpuNanos = SYSTEM.getProcessCpuTime() - cpu;
		long peak = HEAP.stream().mapToLong((pool) -> pool.getPeakUsage().getUsed()).sum();
		return new Usage(millis(wallNanos), millis(cpuNanos), peak / (1024.0 * 1024));
	}

	/** Return what a task takes in the median of some rounds. */
	static Usage median(int rounds, Callable<?> task) throws Exception {
		List<Usage> usages = new ArrayList<>();
		for (int round = 0; round < rounds; round++) {
			usages.add(of(task));
		}
		usages.sort(Comparator.comparingDouble(Usage::wallMillis));
		return usages.get(rounds / 2);
	}

	/** Return what is on the heap, garbage excluded. */
	static long liveBytes() {
		System.gc();
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	static double millis(long nanos) {
		return (double) nanos / TimeUnit.MILLISECONDS.toNanos(1);
	}

	Map<String, Object> values() {
		return Map.of("wallMillis", this.wallMillis, "cpuMillis", this.cpuMillis, "peakHeapMegabytes",
				this.peakHeapMegabytes);
	}

}
