package io.socketbroker.daemon.core;

import io.socketbroker.v1.SocketKey;

/**
 * Why a socket does or does not wake.
 *
 * @param key its complete name
 * @param words for people
 */
public record Explained(SocketKey key, String words) {}
