/**
 * Deadlines, for the rules and for the shell around them. Plain data structures that are told the time. Whoever makes one
 * uses it on one thread.
 */
@NullMarked
package io.socketbroker.daemon.time;

import org.jspecify.annotations.NullMarked;
