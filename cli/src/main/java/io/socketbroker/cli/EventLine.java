package io.socketbroker.cli;

import io.socketbroker.client.BrokerEvent;
import io.socketbroker.v1.TriggerDetails;

/** An event on one line. Stateless. */
final class EventLine {

    private EventLine() {}

    /** For example "12:00:00.000  handler-started  socket s  task t  pid 7". */
    static String of(BrokerEvent event) {
        var line = new StringBuilder(Words.time(event.message().getTime()))
                .append("  ")
                .append(Words.word(event.type(), "EVENT_TYPE_"));
        append(line, "socket", event.socketId());
        append(line, "task", event.task());
        append(
                line,
                "pid",
                event.message().getPid() == 0
                        ? ""
                        : Integer.toString(event.message().getPid()));
        append(line, "because", because(event.message().getTrigger()));
        append(line, "-", event.text());
        return line.toString();
    }

    /** For example "socket-closed (reset)". */
    private static String because(TriggerDetails trigger) {
        var reason = Words.word(trigger.getReason(), "TRIGGER_REASON_");
        var cause = Words.word(trigger.getCloseCause(), "CLOSE_CAUSE_");
        return cause.isEmpty() ? reason : reason + " (" + cause + ")";
    }

    private static void append(StringBuilder line, String name, String value) {
        if (!value.isEmpty()) {
            line.append("  ").append(name).append(' ').append(value);
        }
    }
}
