package io.socketbroker.it;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;

/** A handler that knows the JDK alone: its socket is the channel that the JVM was started with, as inetd's "nowait" and "wait". */
final class InheritedChannelHandler {
    private InheritedChannelHandler() {}

    /** Answers one line of its connection, or of one that it accepts. */
    public static void main(String[] args) throws IOException {
        Channel inherited = System.inheritedChannel();
        switch (inherited) {
            case SocketChannel connection -> answer(connection, "connection");
            case ServerSocketChannel listener -> {
                try (SocketChannel connection = listener.accept()) {
                    answer(connection, "listener");
                }
            }
            case null, default -> throw new IOException("no channel was inherited, but " + inherited);
        }
    }

    private static void answer(SocketChannel connection, String kind) throws IOException {
        try (Scanner in = new Scanner(connection, StandardCharsets.US_ASCII);
                var out = Channels.newWriter(connection, StandardCharsets.US_ASCII)) {
            out.write("java " + kind + " got " + in.nextLine() + "\n");
        }
    }
}
