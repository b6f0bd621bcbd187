package io.socketbroker.client;

import io.socketbroker.v1.SocketKey;

/** One lease of one socket. Immutable. */
record LeaseName(long activationId, SocketKey socket) {}
