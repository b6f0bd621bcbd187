package io.socketbroker.daemon.core;

/**
 * The place of one brokered socket in the broker's tables; also half of its epoll data.
 *
 * @param index from 0, reused after the socket has gone
 */
public record Slot(int index) {}
