/**
 * Measurements of the broker beside its floors and rivals. Each comparison is a main class that runs all contenders in
 * turns, in one run, and prints their ratio; micro-benchmarks run under JMH. People start them through benchmarks/run.
 */
@NullMarked
package io.socketbroker.benchmarks;

import org.jspecify.annotations.NullMarked;
