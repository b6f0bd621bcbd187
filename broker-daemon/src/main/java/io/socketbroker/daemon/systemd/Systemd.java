package io.socketbroker.daemon.systemd;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Names of systemd's D-Bus interface, org.freedesktop.systemd1(5). */
final class Systemd {
    static final String PATH = "/org/freedesktop/systemd1";
    static final String UNIT_PATH = PATH + "/unit";
    static final String MANAGER = "org.freedesktop.systemd1.Manager";
    static final String UNIT = "org.freedesktop.systemd1.Unit";
    static final String SERVICE = "org.freedesktop.systemd1.Service";
    static final String PROPERTIES = "org.freedesktop.DBus.Properties";

    private Systemd() {}

    /** The object of a unit, loaded or not; escaped as sd_bus_path_encode(3) does it. */
    static String unitPath(String unit) {
        StringBuilder path = new StringBuilder(UNIT_PATH).append('/');
        for (byte character : unit.getBytes(StandardCharsets.UTF_8)) {
            boolean first = path.length() == UNIT_PATH.length() + 1;
            boolean digit = character >= '0' && character <= '9';
            boolean letter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
            if (letter || (digit && !first)) {
                path.append((char) character);
            } else {
                path.append('_').append(HexFormat.of().toHexDigits(character));
            }
        }
        return path.toString();
    }
}
