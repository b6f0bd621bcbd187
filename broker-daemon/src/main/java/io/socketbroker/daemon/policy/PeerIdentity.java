package io.socketbroker.daemon.policy;

import io.socketbroker.daemon.core.Caller;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.PeerCredentials;
import io.socketbroker.linux.SocketOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/** Turns the kernel's credentials of a unix socket's peer into a caller. Thread-safe. */
public final class PeerIdentity {
    /** Members of this group see and touch everything, as root does. */
    public static final String ADMIN_GROUP = "socketbroker";

    private final OptionalInt adminGroup;

    /** With this group of administrators, if there is one. */
    public PeerIdentity(OptionalInt adminGroup) {
        this.adminGroup = adminGroup;
    }

    /** With the group's number from a file in the form of group(5); none if it is not there. */
    public static PeerIdentity fromGroupFile(Path file) {
        try (var lines = Files.lines(file)) {
            return new PeerIdentity(lines.map(line -> line.split(":", -1))
                    .filter(fields -> fields.length >= 3 && fields[0].equals(ADMIN_GROUP))
                    .mapToInt(fields -> Integer.parseUnsignedInt(fields[2]))
                    .findFirst());
        } catch (IOException | NumberFormatException _) {
            return new PeerIdentity(OptionalInt.empty());
        }
    }

    /** Of the process that made the connection: SO_PEERCRED and SO_PEERGROUPS, unix(7). */
    public Caller of(Fd connection) {
        PeerCredentials peer = SocketOptions.peerCredentials(connection);
        boolean administrator = peer.uid() == 0 || inAdminGroup(connection, peer);
        return new Caller(peer.uid(), peer.pid(), administrator);
    }

    private boolean inAdminGroup(Fd connection, PeerCredentials peer) {
        if (adminGroup.isEmpty()) {
            return false;
        }
        int group = adminGroup.getAsInt();
        return peer.gid() == group
                || Arrays.stream(SocketOptions.peerGroups(connection)).anyMatch(member -> member == group);
    }
}
