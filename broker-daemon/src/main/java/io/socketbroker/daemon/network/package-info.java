/**
 * Tells when addresses or routes of the host have changed, for handlers that asked to be woken then. Runs on the conductor
 * thread. For the conductor alone.
 */
@NullMarked
package io.socketbroker.daemon.network;

import org.jspecify.annotations.NullMarked;
