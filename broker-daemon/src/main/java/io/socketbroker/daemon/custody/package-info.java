/**
 * Who keeps brokered descriptors alive when the broker's process ends, behind one interface. Called on the conductor
 * thread only, and only by the conductor.
 */
@NullMarked
package io.socketbroker.daemon.custody;

import org.jspecify.annotations.NullMarked;
