package io.socketbroker.cli;

import java.util.List;

/**
 * The commands that an ahead-of-time cache is made for, one after the other in one process, which notes all that they load: the
 * launcher runs it beside a broker that has a task "training". On the main thread.
 */
final class Rehearsal {

    private static final List<String[]> COMMANDS = List.of(
            words("listen --task training --id training tcp:127.0.0.1:0"),
            words("status"),
            words("list"),
            words("show training"),
            words("why training"),
            words("task list"),
            words("events"));

    private Rehearsal() {}

    private static String[] words(String line) {
        return line.split(" ", -1);
    }

    /** Ends the process: zero if each command had status zero. */
    public static void main(String[] args) {
        int status = 0;
        for (var command : COMMANDS) {
            status |= SocketBroker.run(command);
        }
        System.exit(status);
    }
}
