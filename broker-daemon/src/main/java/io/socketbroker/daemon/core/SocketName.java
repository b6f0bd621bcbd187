package io.socketbroker.daemon.core;

import java.util.Comparator;

/**
 * Identity of a brokered socket among all users.
 *
 * @param uid of the owner
 * @param app the owner's application
 * @param id chosen by the application
 */
public record SocketName(int uid, String app, String id) implements Comparable<SocketName> {
    private static final Comparator<SocketName> ORDER = Comparator.comparingLong(
                    (SocketName name) -> Integer.toUnsignedLong(name.uid))
            .thenComparing(SocketName::app)
            .thenComparing(SocketName::id);

    @Override
    public int compareTo(SocketName other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return app + "/" + id + " of uid " + Integer.toUnsignedString(uid);
    }
}
