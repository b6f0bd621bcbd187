package io.socketbroker.daemon.core;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.v1.SocketKind;
import java.util.Optional;

/**
 * What an inspection found out about a descriptor that is to be brokered.
 *
 * @param kind of the socket
 * @param protocol "tcp", "udp" or "unix"
 * @param cookie SO_COOKIE
 * @param local from getsockname(2)
 * @param peer from getpeername(2); empty when not connected
 * @param nonBlocking O_NONBLOCK as the giver had it
 */
public record Candidate(
        SocketKind kind,
        String protocol,
        long cookie,
        Optional<Endpoint> local,
        Optional<Endpoint> peer,
        boolean nonBlocking) {}
