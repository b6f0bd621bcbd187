/**
 * What it takes to launch a program for a connection: the broker beside the bare system call and other super-servers. The
 * main thread connects, one connection at a time; the contenders are other processes. Started by benchmarks/run.
 */
@NullMarked
package io.socketbroker.benchmarks.launch;

import org.jspecify.annotations.NullMarked;
