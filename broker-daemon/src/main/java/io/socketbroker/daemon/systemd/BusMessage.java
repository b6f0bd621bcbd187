package io.socketbroker.daemon.systemd;

import java.util.List;

/**
 * What came over a bus connection, in plain Java values: String (also for object paths), Boolean, Number, List (also for
 * arrays and structures) and Map. Immutable.
 */
sealed interface BusMessage {
    /** A method's result; the serial is the call's. */
    record Reply(long serial, List<Object> values) implements BusMessage {}

    /** A method's error, such as org.freedesktop.systemd1.NoSuchUnit, and its text for people. */
    record Refusal(long serial, String error, String text) implements BusMessage {}

    /** A signal of the object at this path. */
    record Signal(String path, String member, List<Object> values) implements BusMessage {}
}
