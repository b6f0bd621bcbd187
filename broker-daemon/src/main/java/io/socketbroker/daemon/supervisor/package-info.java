/**
 * The service manager that started this process, such as systemd: what it is told (sd_notify(3)), how often it wants to
 * hear that the process is alive (sd_watchdog_enabled(3)), and the sockets that it made (sd_listen_fds(3)).
 *
 * <p>Thread-safe, without a thread of its own: who has something to tell tells it, and the conductor tells that it turns.
 *
 * <p>Only the process's start and stop use it. {@link io.socketbroker.daemon.supervisor.NotifySocket} needs nothing but the
 * JDK and the module {@code linux}, for other small processes.
 */
@NullMarked
package io.socketbroker.daemon.supervisor;

import org.jspecify.annotations.NullMarked;
