/**
 * Handlers as units: starts instances of template units on the system or the user's systemd over D-Bus and reports how
 * they end. Everything is on the launcher's own thread but the reading of each bus connection, which has one too; both
 * threads and all of D-Bus come with the first launch. The conductor calls {@code UnitLauncher}, from any thread.
 */
@NullMarked
package io.socketbroker.daemon.systemd;

import org.jspecify.annotations.NullMarked;
