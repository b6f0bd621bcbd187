package io.socketbroker.daemon.declared;

import java.util.ArrayList;
import java.util.List;

/** What was done, and what could not be. Confined to the thread of one reconciliation. */
final class Report {
    private final List<String> changes = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    void done(String change) {
        changes.add(change);
    }

    void failed(String failure) {
        failures.add(failure);
    }

    List<String> changes() {
        return List.copyOf(changes);
    }

    List<String> failures() {
        return List.copyOf(failures);
    }
}
