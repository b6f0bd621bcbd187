/**
 * The daemon's process: options, start and stop. {@link io.socketbroker.daemon.BrokerDaemon} is the main class; tests may
 * also run a {@link io.socketbroker.daemon.RunningBroker} within their own process.
 */
@NullMarked
package io.socketbroker.daemon;

import org.jspecify.annotations.NullMarked;
