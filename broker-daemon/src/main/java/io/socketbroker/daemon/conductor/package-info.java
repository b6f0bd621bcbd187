/**
 * The thread that owns all state: it feeds events to the rules and carries out their effects. Transports on other threads
 * reach it through {@link io.socketbroker.daemon.conductor.Conductor} and get futures. Nothing here blocks.
 */
@NullMarked
package io.socketbroker.daemon.conductor;

import org.jspecify.annotations.NullMarked;
