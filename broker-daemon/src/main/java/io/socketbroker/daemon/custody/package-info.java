/**
 * Who keeps brokered descriptors alive when the broker's process ends, behind one interface, {@link
 * io.socketbroker.daemon.custody.Custody}.
 *
 * <p>Runs on the conductor thread, on the one that starts the broker before that, and for connecting to a vault or starting
 * one on a thread of its own.
 *
 * <p>Called by the broker's start and by the conductor only.
 */
@NullMarked
package io.socketbroker.daemon.custody;

import org.jspecify.annotations.NullMarked;
