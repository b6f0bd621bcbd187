package io.socketbroker.cli;

import com.google.protobuf.MessageOrBuilder;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints for people, or with --json the messages of the API for programs. */
final class Output {

    @Option(names = "--json", description = "Print the API's own message as JSON.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    boolean isJson() {
        return json;
    }

    /** One message over several lines. */
    void json(MessageOrBuilder message) {
        line(Json.print(message));
    }

    /** One message on one line, for streams. */
    void jsonLine(MessageOrBuilder message) {
        line(Json.printLine(message));
    }

    void line(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }

    void table(Table table) {
        table.lines().forEach(this::line);
    }
}
