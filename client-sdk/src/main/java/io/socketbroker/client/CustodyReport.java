package io.socketbroker.client;

import io.socketbroker.v1.CustodyEntry;
import io.socketbroker.v1.GetCustodyResponse;
import java.util.List;

/**
 * What is held, and by whom: broker, custody and journal side by side. Immutable.
 *
 * @param message the answer itself
 */
public record CustodyReport(GetCustodyResponse message) {

    /** Sockets that one of them should have and has not; 0 if all is well. */
    public int differences() {
        return message.getDifferences();
    }

    /** Those with a difference first; at most 10,000. */
    public List<CustodyEntry> entries() {
        return message.getEntriesList();
    }

    /** Why custody or the journal cannot say, or do not take anything at present; empty while all is well. */
    public List<String> troubles() {
        return message.getTroublesList();
    }
}
