package io.socketbroker.daemon.vault;

/**
 * One held socket.
 *
 * @param slot the broker's number of it, from 0 to {@link Frame#MOST_SLOTS} - 1
 * @param cookie its SO_COOKIE (socket(7)), which tells it from any socket that had the slot before
 */
public record Entry(int slot, long cookie) {}
