package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.ErrorReason;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/** What the fields of a transfer may hold. Every check throws a refusal that names the field, and changes nothing. */
final class ItemRules {
    private static final int LONGEST_SOCKET_ID = 255;
    private static final int LONGEST_NAME = 128;
    private static final Pattern RESERVED_APP = Pattern.compile("uid-[0-9]+");

    private ItemRules() {}

    static void checkSocketId(String id, String field) {
        if (!consists(id, LONGEST_SOCKET_ID, ItemRules::isPrintable)) {
            throw invalid(field, "must be 1 to 255 printable ASCII characters without spaces");
        }
    }

    static void checkName(String name, String field) {
        if (!consists(name, LONGEST_NAME, ItemRules::isOfName)) {
            throw invalid(field, "must be 1 to 128 characters of A-Z, a-z, 0-9, '.', '_' and '-'");
        }
    }

    /** Without a regular expression: there are three of these in every item. */
    private static boolean consists(String text, int longest, IntPredicate of) {
        if (text.isEmpty() || text.length() > longest) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (!of.test(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPrintable(int character) {
        return character > ' ' && character <= '~';
    }

    private static boolean isOfName(int character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9')
                || ".-_".indexOf(character) >= 0;
    }

    /** The application that a key means; its own name for each uid if it is left out. */
    static String app(String app, int owner, String field) {
        String own = "uid-" + Integer.toUnsignedString(owner);
        if (app.isEmpty()) {
            return own;
        }
        checkName(app, field);
        if (!app.equals(own) && RESERVED_APP.matcher(app).matches()) {
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
