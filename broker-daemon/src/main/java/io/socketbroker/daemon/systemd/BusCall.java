package io.socketbroker.daemon.systemd;

import java.util.List;

/**
 * One method call.
 *
 * @param type the interface
 * @param method its member
 * @param signature of the arguments, as the D-Bus specification has it; empty for none
 * @param arguments Strings and Integers
 */
record BusCall(String type, String method, String signature, List<Object> arguments) {
    /** Without arguments. */
    BusCall(String type, String method) {
        this(type, method, "", List.of());
    }
}
