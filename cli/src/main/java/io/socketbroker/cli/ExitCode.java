package io.socketbroker.cli;

import com.google.rpc.Code;
import io.socketbroker.client.BrokerException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The exit statuses of the command, which scripts may rely on. */
final class ExitCode {

    static final int OK = 0;
    static final int REFUSED = 1;
    static final int USAGE = 2;
    static final int UNREACHABLE = 3;
    static final int NOT_FOUND = 4;
    static final int LOCAL = 5;
    static final int DEFECT = 70;
    static final int NOT_EXECUTABLE = 126;
    static final int COMMAND_UNKNOWN = 127;

    private ExitCode() {}

    /** What each status means, for the help. */
    static Map<String, String> meanings() {
        var meanings = new LinkedHashMap<String, String>();
        meanings.put(" " + OK, "done");
        meanings.put(" " + REFUSED, "refused by the broker; or a check of the demo failed");
        meanings.put(" " + USAGE, "wrong options or arguments");
        meanings.put(" " + UNREACHABLE, "no broker answers");
        meanings.put(" " + NOT_FOUND, "no such socket or task");
        meanings.put(" " + LOCAL, "the system refused something here: an address, a descriptor, a file");
        meanings.put(" " + DEFECT, "a defect of this program");
        meanings.put(" " + NOT_EXECUTABLE, "reclaim: the command did not start; the socket is parked again");
        meanings.put(" " + COMMAND_UNKNOWN, "reclaim: no such command; the socket was not taken");
        return meanings;
    }

    static int of(BrokerException failure) {
        return switch (failure.code()) {
            case Code.NOT_FOUND -> NOT_FOUND;
            case Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.CANCELLED -> UNREACHABLE;
            default -> REFUSED;
        };
    }
}
