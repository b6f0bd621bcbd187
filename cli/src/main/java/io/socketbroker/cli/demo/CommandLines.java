package io.socketbroker.cli.demo;

import java.util.List;
import java.util.stream.Stream;

/** Small helpers on command lines and addresses. Stateless. */
final class CommandLines {

    private CommandLines() {}

    static List<String> append(List<String> command, String... more) {
        return Stream.concat(command.stream(), Stream.of(more)).toList();
    }

    /** The port of "127.0.0.1:80". */
    static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
