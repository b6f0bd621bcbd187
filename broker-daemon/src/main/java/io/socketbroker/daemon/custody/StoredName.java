package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.daemon.vault.Frame;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of a socket in the service manager's descriptor store: "sb-", its slot, "-", its cookie in hex. Stateless. */
final class StoredName {
    private static final Pattern NAME = Pattern.compile("sb-([0-9]{1,7})-([0-9a-f]{1,16})");

    private StoredName() {}

    static String of(Entry entry) {
        return "sb-" + entry.slot() + "-" + Long.toHexString(entry.cookie());
    }

    /** Empty if it is not one of ours. */
    static Optional<Entry> parse(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Entry entry = new Entry(Integer.parseInt(matcher.group(1)), Long.parseUnsignedLong(matcher.group(2), 16));
        return Optional.of(entry).filter(parsed -> parsed.slot() < Frame.MOST_SLOTS);
    }
}
