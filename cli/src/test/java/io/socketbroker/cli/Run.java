package io.socketbroker.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** What one run of the command gave. */
record Run(int status, List<String> out, List<String> err) {

    static Run of(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var command = SocketBroker.commandLine(arguments);
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        int status = command.execute(arguments);
        return new Run(
                status, out.toString().lines().toList(), err.toString().lines().toList());
    }
}
