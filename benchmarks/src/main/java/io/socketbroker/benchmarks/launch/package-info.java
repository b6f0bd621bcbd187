/**
 * What it takes to launch a program: for a connection, by the broker beside the bare system call and other super-servers;
 * and our own programs, from the command line.
 *
 * <p>The main thread connects and starts; connections of a schedule have virtual threads. The contenders are other processes.
 *
 * <p>Started by benchmarks/run; nobody else calls it.
 */
@NullMarked
package io.socketbroker.benchmarks.launch;

import org.jspecify.annotations.NullMarked;
