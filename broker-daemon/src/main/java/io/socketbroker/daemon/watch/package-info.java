/**
 * The broker's descriptors: their table, what an inspection tells of them, and their place in epoll. Looks, but never
 * reads: MSG_PEEK only. Runs on the conductor thread, for the conductor.
 */
@NullMarked
package io.socketbroker.daemon.watch;

import org.jspecify.annotations.NullMarked;
