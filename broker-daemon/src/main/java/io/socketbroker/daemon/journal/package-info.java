/**
 * What outlives the broker's process, behind one interface. Entries are handed over on the conductor thread; a store may
 * write on its own. Only the conductor calls it.
 */
@NullMarked
package io.socketbroker.daemon.journal;

import org.jspecify.annotations.NullMarked;
