/**
 * Whole-process tests: the real daemon in its own process, real programs as handlers, real sockets between them, and
 * clients that speak the protocol themselves, so that they can also lie and stall. Everything runs on the test thread; a
 * daemon's log is read on one thread for each. For nobody but the build.
 */
@NullMarked
package io.socketbroker.it;

import org.jspecify.annotations.NullMarked;
