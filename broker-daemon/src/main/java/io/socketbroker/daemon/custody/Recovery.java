package io.socketbroker.daemon.custody;

import java.util.List;

/**
 * What a former broker had put into custody.
 *
 * @param sockets each slot and each socket once, by slot
 * @param problems a sentence about everything that custody should have given and did not; empty if all is well
 */
public record Recovery(List<Recovered> sockets, List<String> problems) {
    /** Nothing to recover. */
    public static final Recovery NOTHING = new Recovery(List.of(), List.of());

    /** Copies both lists. */
    public Recovery {
        sockets = List.copyOf(sockets);
        problems = List.copyOf(problems);
    }
}
