package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.daemon.vault.Kind;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What was asked of the vault, kept until its answer comes or the connection breaks. */
sealed interface Request {
    /** The frame that carries it. */
    Kind kind();

    /** The frame's entries. */
    List<Entry> entries();

    /** The connection is to be the broker's. */
    record Open() implements Request {
        @Override
        public Kind kind() {
            return Kind.OPEN;
        }

        @Override
        public List<Entry> entries() {
            return List.of();
        }
    }

    /** Sockets of puts; as many owners as entries. */
    record Put(List<Entry> entries, List<PendingPut> owners) implements Request {
        @Override
        public Kind kind() {
            return Kind.PUT;
        }
    }

    /** A piece of a refill. */
    record Slice(List<Entry> entries) implements Request {
        @Override
        public Kind kind() {
            return Kind.PUT;
        }
    }

    /** Sockets to let go of. */
    record Drop(List<Entry> entries) implements Request {
        @Override
        public Kind kind() {
            return Kind.DROP;
        }
    }

    /** A look at what the vault holds: what was seen so far, and where the whole goes. */
    record Look(List<Entry> seen, CompletableFuture<List<Entry>> whole) implements Request {
        @Override
        public Kind kind() {
            return Kind.SHOW;
        }

        @Override
        public List<Entry> entries() {
            return List.of();
        }
    }
}
