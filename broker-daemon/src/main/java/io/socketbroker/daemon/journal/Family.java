package io.socketbroker.daemon.journal;

import java.nio.charset.StandardCharsets;

/** A column family of the store: records of one kind. */
enum Family {
    TASKS,
    SOCKETS,
    ACTIVATIONS,
    META;

    byte[] id() {
        return switch (this) {
            case TASKS -> bytes("tasks");
            case SOCKETS -> bytes("sockets");
            case ACTIVATIONS -> bytes("activations");
            case META -> bytes("meta");
        };
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
