package io.socketbroker.daemon.core;

import io.socketbroker.v1.ErrorReason;

/**
 * Who asks, as the kernel tells it (SO_PEERCRED), never as the message says.
 *
 * @param uid of the peer
 * @param pid of the peer, 0 if not known
 * @param administrator sees and touches the sockets of all users: root and members of the admin group
 */
public record Caller(int uid, int pid, boolean administrator) {
    /** The owner that a key means: the caller, or another uid for administrators. */
    int ownerFor(boolean hasUid, int uidOfKey, String field) {
        if (!hasUid || uidOfKey == uid) {
            return uid;
        }
        if (!administrator) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_FOREIGN_UID,
                    field + ".uid",
                    "uid " + Integer.toUnsignedString(uid) + " may not act for uid "
                            + Integer.toUnsignedString(uidOfKey) + "; only root and administrators may");
        }
        return uidOfKey;
    }

    public boolean sees(int owner) {
        return administrator || owner == uid;
    }
}
