package io.socketbroker.daemon.vault;

/** Why a frame was refused. All but those marked leave the connection open. */
public enum Reason {
    /** A code that this version does not know. */
    OTHER(0),
    /** Not a frame, or one with the wrong entries or descriptors. The connection is closed. */
    MALFORMED(1),
    /** Another version of the format. The connection is closed. */
    VERSION(2),
    /** The peer is of another user. The connection is closed. */
    FOREIGN_USER(3),
    /** PUT, DROP or LIST on a connection that is not the broker's. The connection is closed. */
    NOT_OPENED(4),
    /** Another connection is the broker's now. The connection is closed. */
    SUPERSEDED(5),
    /** A descriptor is not the socket that was announced. */
    COOKIE_MISMATCH(6),
    /** The vault would come to its limit of open files. */
    DESCRIPTOR_LIMIT(7),
    /** Too many descriptors of this user are on their way (ETOOMANYREFS of unix(7)): ask again. */
    BUSY(8);

    private static final Reason[] ALL = values();

    private final int code;

    Reason(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    boolean closes() {
        return code >= MALFORMED.code && code <= SUPERSEDED.code;
    }

    static Reason of(int code) {
        for (Reason reason : ALL) {
            if (reason.code == code) {
                return reason;
            }
        }
        return OTHER;
    }
}
