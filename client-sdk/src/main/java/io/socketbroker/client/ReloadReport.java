package io.socketbroker.client;

import io.socketbroker.v1.ReloadResponse;
import java.util.List;

/**
 * What came of a reload of the broker's configuration. Immutable.
 *
 * @param message the answer itself
 */
public record ReloadReport(ReloadResponse message) {

    /** What is wrong with the files, each with file and line. If there is anything, nothing has changed. */
    public List<String> errors() {
        return message.getErrorsList();
    }

    /** What was done, for people. */
    public List<String> changes() {
        return message.getChangesList();
    }

    /** What is declared and could not be done, such as a listener whose address is in use. */
    public List<String> failures() {
        return message.getFailuresList();
    }

    /** Keys whose new value counts after a restart, such as "limits.handlers". */
    public List<String> needsRestart() {
        return message.getNeedsRestartList();
    }
}
