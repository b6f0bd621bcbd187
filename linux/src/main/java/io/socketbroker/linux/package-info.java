/**
 * Typed Linux calls for sockets, descriptors, epoll, descriptor passing and processes: the only home of
 * java.lang.foreign, without any policy.
 *
 * <p>Every call runs on the thread of its caller; static calls are safe from any thread (native memory that they need
 * belongs to the calling thread), instances say for themselves.
 *
 * <p>Every module of the broker and the client may call it; failures are {@link io.socketbroker.linux.LinuxException}
 * with call, descriptor and errno, and whoever holds an {@link io.socketbroker.linux.OwnedFd} closes it or passes it
 * on.
 */
@NullMarked
package io.socketbroker.linux;

import org.jspecify.annotations.NullMarked;
