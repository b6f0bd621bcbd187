/**
 * The brokerage rules: who owns which socket, and what follows from each event. Events come in as method calls of
 * {@link io.socketbroker.daemon.core.Brokerage} and {@link io.socketbroker.daemon.core.Effect effects} go out; there is
 * no I/O, clock, thread or log inside. Everything here runs on the conductor thread, and only the conductor calls it.
 */
@NullMarked
package io.socketbroker.daemon.core;

import org.jspecify.annotations.NullMarked;
