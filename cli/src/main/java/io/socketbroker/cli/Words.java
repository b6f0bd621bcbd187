package io.socketbroker.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Values of the protocol as people read them. Stateless. */
final class Words {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
    private static final int PREVIEW_BYTES = 48;
    private static final int CELL_CHARACTERS = 60;

    private Words() {}

    /** SOCKET_STATE_PARKED as "parked", for a prefix of "SOCKET_STATE_". */
    static String word(Enum<?> value, String prefix) {
        var name = value.name();
        var bare = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
        return bare.equals("UNSPECIFIED") ? "" : bare.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Fits a cell of a table; the whole text is in the view of the single thing. */
    static String shortened(String text) {
        return text.length() <= CELL_CHARACTERS ? text : text.substring(0, CELL_CHARACTERS - 3) + "...";
    }

    static String time(Timestamp time) {
        return time.getSeconds() == 0
                ? ""
                : TIME.format(Instant.ofEpochSecond(time.getSeconds(), time.getNanos())
                        .atZone(ZoneId.systemDefault()));
    }

    static String duration(com.google.protobuf.Duration value) {
        var duration = Duration.ofSeconds(value.getSeconds(), value.getNanos());
        return duration.isZero() ? "" : duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }

    /** The size, and the first bytes with what is not printable as dots. */
    static String bytes(ByteString value) {
        if (value.isEmpty()) {
            return "none";
        }
        var text = new StringBuilder(value.size() + " bytes: ");
        for (int i = 0; i < Math.min(value.size(), PREVIEW_BYTES); i++) {
            char c = (char) (value.byteAt(i) & 0xFF);
            text.append(c >= ' ' && c <= '~' ? c : '.');
        }
        return text.append(value.size() > PREVIEW_BYTES ? "..." : "").toString();
    }
}
