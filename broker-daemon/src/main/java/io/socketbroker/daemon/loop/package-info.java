/**
 * The event loop of the conductor thread: epoll, a bounded queue of commands from other threads, and timers. It knows
 * nothing of sockets or tasks. Everything but {@link io.socketbroker.daemon.loop.EventLoop#submit} is for the loop's own
 * thread.
 */
@NullMarked
package io.socketbroker.daemon.loop;

import org.jspecify.annotations.NullMarked;
