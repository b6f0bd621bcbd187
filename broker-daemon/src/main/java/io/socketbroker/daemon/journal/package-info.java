/**
 * What outlives the broker's process: tasks, sockets and the history of activations, behind one interface. Entries are
 * handed over on the conductor thread, which is never made to wait; the journal thread writes them to RocksDB and completes
 * the stages. The conductor appends, the process opens, loads and closes; any thread may ask for health and history.
 */
@NullMarked
package io.socketbroker.daemon.journal;

import org.jspecify.annotations.NullMarked;
