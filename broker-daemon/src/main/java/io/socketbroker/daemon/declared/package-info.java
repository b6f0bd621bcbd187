/**
 * What the configuration declares, made true: tasks registered, listeners made and handed over, and what is no longer declared
 * removed. It runs on the thread that starts the broker and then on one of its own, which may wait for the disk, the resolver
 * and the conductor, and asks the conductor like any other caller. The process and the gRPC edge call it, through
 * {@link io.socketbroker.daemon.declared.Declarations}.
 */
@NullMarked
package io.socketbroker.daemon.declared;

import org.jspecify.annotations.NullMarked;
