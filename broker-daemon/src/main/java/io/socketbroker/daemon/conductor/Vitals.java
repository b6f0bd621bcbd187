package io.socketbroker.daemon.conductor;

import io.socketbroker.daemon.core.Queries;

/** Who is told that the conductor is well. Called on its thread, so nothing here may wait. */
public interface Vitals {
    /**
     * The conductor turns.
     *
     * @return false to be told again soon
     */
    boolean alive();

    /**
     * How much it has now; at most once a second, and only if that is not what was taken last.
     *
     * @return false to be told again in a second
     */
    boolean totals(Queries.Totals totals);
}
