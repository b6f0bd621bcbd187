/**
 * Micro-benchmarks under JMH; the comparisons of whole programs have packages of their own below this one. Each runs on the
 * threads that JMH gives it. People start all of them through benchmarks/run.
 */
@NullMarked
package io.socketbroker.benchmarks;

import org.jspecify.annotations.NullMarked;
