package io.socketbroker.daemon.core;

/**
 * One socket as custody knows it.
 *
 * @param slot under which it was put there
 * @param cookie its SO_COOKIE
 */
public record InCustody(Slot slot, long cookie) {}
