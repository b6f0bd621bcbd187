/**
 * Descriptors in the custody of another process: what it costs in time and memory to put and to keep them there, and how
 * long it takes to have them again after a crash, beside others who hold descriptors.
 *
 * <p>Each contender is a process with one thread; the main class gives it its turns through its standard input.
 *
 * <p>Started by benchmarks/run; nobody else calls it.
 */
@NullMarked
package io.socketbroker.benchmarks.custody;

import org.jspecify.annotations.NullMarked;
