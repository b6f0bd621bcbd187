/**
 * The rules of the broker alone, without descriptors, threads or other processes: what they cost in time and heap with many
 * more sockets than one process can have here.
 *
 * <p>Each measurement has a JVM of its own, whose main thread does everything.
 *
 * <p>Started by benchmarks/run; nobody else calls it.
 */
@NullMarked
package io.socketbroker.benchmarks.core;

import org.jspecify.annotations.NullMarked;
