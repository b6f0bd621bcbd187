package io.socketbroker.linux;

/**
 * Who connected, or who made the socket pair: SO_PEERCRED of unix(7). The ids are the effective ones of that moment.
 * Immutable.
 *
 * @param pid process id, 0 if the peer lives in a process namespace that is not visible here
 */
public record PeerCredentials(int pid, int uid, int gid) {}
