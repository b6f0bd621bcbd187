package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.ErrorReason;
import java.util.regex.Pattern;

/** What the fields of a transfer may hold. Every check throws a refusal that names the field, and changes nothing. */
final class ItemRules {
    private static final Pattern SOCKET_ID = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    private static final Pattern RESERVED_APP = Pattern.compile("uid-[0-9]+");

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

    static BrokerRefusal invalid(String field, String message) {
        return new BrokerRefusal(ErrorReason.ERROR_REASON_INVALID_FIELD, field, message);
    }
}
