package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import java.util.regex.Pattern;

/** What the fields of a transfer may hold. Every check throws a refusal that names the field, and changes nothing. */
final class ItemRules {
    private static final Pattern SOCKET_ID = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    private static final Pattern RESERVED_APP = Pattern.compile("uid-[0-9]+");
    private static final long SHORTEST_KEEP_ALIVE_SECONDS = 1;
    private static final long LONGEST_KEEP_ALIVE_SECONDS = 7 * 24 * 3_600;

    private ItemRules() {}

    static void checkSocketId(String id, String field) {
        if (!SOCKET_ID.matcher(id).matches()) {
            throw invalid(field, "must be 1 to 255 printable ASCII characters without spaces");
        }
    }

    static void checkName(String name, String field) {
        if (!NAME.matcher(name).matches()) {
            throw invalid(field, "must be 1 to 128 characters of A-Z, a-z, 0-9, '.', '_' and '-'");
        }
    }

    /** The application that a key means; its own name for each uid if it is left out. */
    static String app(String app, int owner, String field) {
        String own = "uid-" + Integer.toUnsignedString(owner);
        if (app.isEmpty()) {
            return own;
        }
        checkName(app, field);
        if (RESERVED_APP.matcher(app).matches() && !app.equals(own)) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_APP_OF_ANOTHER_USER, field, "app " + app + " is reserved for that uid");
        }
        return app;
    }

    static void checkContext(ByteString context, String field, BrokerLimits limits) {
        if (context.size() > limits.contextBytes()) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_CONTEXT_TOO_LARGE,
                    field,
                    "has " + context.size() + " bytes, more than the limit of " + limits.contextBytes());
        }
    }

    static void checkKeepAlive(KeepAlive keepAlive, SocketKind kind, String field) {
        if (!Durations.isValid(keepAlive.getInterval())) {
            throw invalid(field + ".interval", "is not a valid duration");
        }
        boolean none = Durations.toNanos(keepAlive.getInterval()) == 0;
        long seconds = keepAlive.getInterval().getSeconds();
        boolean inRange = seconds >= SHORTEST_KEEP_ALIVE_SECONDS
                && (seconds < LONGEST_KEEP_ALIVE_SECONDS
                        || (seconds == LONGEST_KEEP_ALIVE_SECONDS
                                && keepAlive.getInterval().getNanos() == 0));
        if (!none && !inRange) {
            throw invalid(field + ".interval", "must be 1 s to 7 days");
        }
        if (!none && kind == SocketKind.SOCKET_KIND_LISTENER) {
            throw invalid(field, "a listener has no keep-alive");
        }
        if (!keepAlive.getProbe().isEmpty()
                || keepAlive.getExpectedRepliesCount() > 0
                || keepAlive.getAdaptive()) {
            throw missing(field, "keep-alive probes sent by the broker are not there yet; use the interval alone");
        }
    }

    static void checkOptions(SocketOptions options, SocketKind kind, String field) {
        if (options.getAcceptMode() == AcceptMode.UNRECOGNIZED) {
            throw invalid(field + ".accept_mode", "must be PER_CONNECTION or LISTENER");
        }
        if (options.getAcceptMode() != AcceptMode.ACCEPT_MODE_UNSPECIFIED && kind != SocketKind.SOCKET_KIND_LISTENER) {
            throw invalid(field + ".accept_mode", "is for listeners only");
        }
        if (options.hasWakeFilter()) {
            throw missing(field + ".wake_filter", "wake filters are not there yet; leave it out");
        }
        if (options.getAutoAnswersCount() > 0) {
            throw missing(field + ".auto_answers", "auto-answers are not there yet; leave it out");
        }
        if (options.getNotifyNetworkChanged()) {
            throw missing(field + ".notify_network_changed", "NETWORK_CHANGED is not there yet; leave it out");
        }
        if (options.hasExpiresAfter()) {
            throw missing(field + ".expires_after", "expiry is not there yet; leave it out");
        }
    }

    static BrokerRefusal invalid(String field, String message) {
        return new BrokerRefusal(ErrorReason.ERROR_REASON_INVALID_FIELD, field, message);
    }

    static BrokerRefusal missing(String field, String message) {
        return new BrokerRefusal(ErrorReason.ERROR_REASON_NOT_IMPLEMENTED, field, message);
    }
}
