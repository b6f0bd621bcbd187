package io.socketbroker.daemon.vault;

import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import org.jspecify.annotations.Nullable;

/** One connection to the vault. On the vault's only thread. */
final class Peer {
    private final long id;
    private final OwnedFd descriptor;
    private @Nullable Answer unsent;
    private boolean mute;

    Peer(long id, OwnedFd descriptor) {
        this.id = id;
        this.descriptor = descriptor;
    }

    /** Its epoll data. */
    long id() {
        return id;
    }

    Fd fd() {
        return descriptor.fd();
    }

    /** An answer that found the socket's buffer full: nothing more is read before it is sent. */
    @Nullable
    Answer unsent() {
        return unsent;
    }

    void unsent(@Nullable Answer answer) {
        unsent = answer;
    }

    /** It receives no answers any more, but what it has sent is still carried out. */
    boolean isMute() {
        return mute;
    }

    void silence() {
        mute = true;
        unsent = null;
    }

    void close() {
        descriptor.close();
    }
}
