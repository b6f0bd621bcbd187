package io.socketbroker.client;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TriggerReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * What the broker says to a launched handler in its environment. Immutable.
 *
 * @param token proves to the broker who asks
 * @param attempt from 1
 * @param listenFds how many descriptors come from 3 on, in style listen-fds; else 0
 * @param linger how long the process may stay for more work; zero if not at all
 */
record HandlerEnvironment(
        RuntimeDirectory directory,
        ByteString token,
        long activationId,
        LaunchStyle style,
        TriggerReason reason,
        String app,
        String task,
        int attempt,
        boolean peerClosed,
        int listenFds,
        Duration linger) {

    private static final String PREFIX = "SOCKETBROKER_";

    /** Empty if no broker launched this process. */
    static Optional<HandlerEnvironment> of(Map<String, String> environment, long pid) {
        if (!environment.containsKey(PREFIX + "TOKEN")) {
            return Optional.empty();
        }
        var style = style(required(environment, PREFIX + "STYLE"));
        return Optional.of(new HandlerEnvironment(
                new RuntimeDirectory(Path.of(required(environment, RuntimeDirectory.ENVIRONMENT_VARIABLE))),
                token(required(environment, PREFIX + "TOKEN")),
                number(environment, PREFIX + "ACTIVATION"),
                style,
                reason(required(environment, PREFIX + "REASON")),
                required(environment, PREFIX + "APP"),
                required(environment, PREFIX + "TASK"),
                Math.toIntExact(number(environment, PREFIX + "ATTEMPT")),
                required(environment, PREFIX + "PEER_CLOSED").equals("1"),
                style == LaunchStyle.LAUNCH_STYLE_LISTEN_FDS ? listenFds(environment, pid) : 0,
                linger(environment)));
    }

    /** Not set by brokers that know nothing of it, and for tasks without. */
    private static Duration linger(Map<String, String> environment) {
        var variable = PREFIX + "LINGER_MILLIS";
        long millis = environment.containsKey(variable) ? number(environment, variable) : 0;
        if (millis < 0) {
            throw malformed(variable, "is beyond every bound: " + Long.toUnsignedString(millis));
        }
        return Duration.ofMillis(millis);
    }

    private static int listenFds(Map<String, String> environment, long pid) {
        long addressee = number(environment, "LISTEN_PID");
        if (addressee != pid) {
            throw malformed(
                    "LISTEN_PID",
                    "is for process " + addressee + ", this is " + pid
                            + ": a script that starts the handler must use exec");
        }
        return Math.toIntExact(number(environment, "LISTEN_FDS"));
    }

    private static LaunchStyle style(String name) {
        return switch (name) {
            case "socket" -> LaunchStyle.LAUNCH_STYLE_SOCKET;
            case "listen-fds" -> LaunchStyle.LAUNCH_STYLE_LISTEN_FDS;
            case "claim" -> LaunchStyle.LAUNCH_STYLE_CLAIM;
            default -> throw malformed(PREFIX + "STYLE", "is '" + name + "', which this SDK does not know");
        };
    }

    private static TriggerReason reason(String name) {
        try {
            return TriggerReason.valueOf("TRIGGER_REASON_" + name);
        } catch (IllegalArgumentException e) {
            // A newer broker's reason.
            return TriggerReason.UNRECOGNIZED;
        }
    }

    private static ByteString token(String hexDigits) {
        try {
            return ByteString.copyFrom(HexFormat.of().parseHex(hexDigits));
        } catch (IllegalArgumentException e) {
            // Not in the message: a token is a secret.
            throw malformed(PREFIX + "TOKEN", "is not in hexadecimal digits");
        }
    }

    private static long number(Map<String, String> environment, String variable) {
        var text = required(environment, variable);
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw malformed(variable, "is not a number: " + text);
        }
    }

    private static String required(Map<String, String> environment, String variable) {
        var value = environment.get(variable);
        if (value == null) {
            throw malformed(variable, "is not set");
        }
        return value;
    }

    private static IllegalStateException malformed(String variable, String what) {
        return new IllegalStateException(
                "the environment of a launched handler is not as it should be: " + variable + " " + what);
    }
}
