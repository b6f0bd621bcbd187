package io.socketbroker.client;

/**
 * What went through a session since it began, reconnections included. Immutable.
 *
 * @param delivered sockets that were given to the handler
 * @param completed of these, handlers that ended normally
 * @param failed of these, handlers that threw, or that the executor refused
 * @param running of these, handlers that are not done yet, or sockets that wait to be given back after a failure
 */
public record SessionCounts(long delivered, long completed, long failed, long running) {}
