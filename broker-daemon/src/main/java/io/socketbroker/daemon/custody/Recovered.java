package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.Slot;
import io.socketbroker.linux.OwnedFd;

/**
 * A socket that outlived its broker.
 *
 * @param slot its place with the former broker; custody has it under this slot until it is dropped, or another one is put
 *     in its place
 * @param cookie its SO_COOKIE, read from the descriptor itself
 * @param descriptor owned by whoever has this
 */
public record Recovered(Slot slot, long cookie, OwnedFd descriptor) {}
