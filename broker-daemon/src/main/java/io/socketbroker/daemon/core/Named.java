package io.socketbroker.daemon.core;

import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.TaskKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What callers name, found: only what is the caller's own, or anybody's for root. */
final class Named {
    /** As many as one message to fd.sock can carry. */
    static final int MOST_BATCH = 253;

    private final BrokerState state;

    Named(BrokerState state) {
        this.state = state;
    }

    static TaskName task(Caller caller, TaskKey key) {
        int owner = caller.ownerFor(key.hasUid(), key.getUid(), "key");
        return new TaskName(owner, ItemRules.app(key.getApp(), owner, "key.app"), key.getName());
    }

    SocketEntry require(Caller caller, SocketKey key, String field, long expectedGeneration) {
        int owner = caller.ownerFor(key.hasUid(), key.getUid(), field);
        SocketName name = new SocketName(owner, ItemRules.app(key.getApp(), owner, field + ".app"), key.getSocketId());
        SocketEntry socket = state.sockets
                .named(name)
                .orElseThrow(() -> new BrokerRefusal(
                        ErrorReason.ERROR_REASON_SOCKET_UNKNOWN, field, "there is no socket " + name));
        if (expectedGeneration != 0 && expectedGeneration != socket.generation) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_STALE_GENERATION,
                    field,
                    "generation " + expectedGeneration + " of socket " + name + " is over; it is " + socket.generation
                            + " now");
        }
        return socket;
    }

    /** Each once. */
    List<SocketEntry> all(Caller caller, ReclaimRequest request) {
        if (request.getKeysCount() == 0 || request.getKeysCount() > MOST_BATCH) {
            throw ItemRules.invalid("keys", "must have 1 to " + MOST_BATCH + " entries");
        }
        if (request.getExpectedGenerationsCount() != 0
                && request.getExpectedGenerationsCount() != request.getKeysCount()) {
            throw ItemRules.invalid("expected_generations", "must have one entry for each key, or none");
        }
        List<SocketEntry> sockets = new ArrayList<>();
        Set<SocketName> seen = new HashSet<>();
        for (int index = 0; index < request.getKeysCount(); index++) {
            long generation = request.getExpectedGenerationsCount() == 0 ? 0 : request.getExpectedGenerations(index);
            SocketEntry socket = require(caller, request.getKeys(index), "keys[" + index + "]", generation);
            if (!seen.add(socket.name)) {
                throw ItemRules.invalid("keys[" + index + "]", "stands twice");
            }
            sockets.add(socket);
        }
        return sockets;
    }
}
