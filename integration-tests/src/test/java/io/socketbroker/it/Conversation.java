package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Sockets;

/**
 * Numbered lines to a brokered socket, each of which a handler of {@link Specs#lineAnswerer} answers once and in order. A
 * line or answer that is lost, doubled or moved is seen. Not thread-safe.
 */
final class Conversation {
    private final Wire peer;
    private int said;
    private int heard;

    Conversation(Wire peer) {
        this.peer = peer;
    }

    Wire peer() {
        return peer;
    }

    /** Sends the next line. */
    Conversation say() {
        peer.send("line %06d\n".formatted(said++));
        return this;
    }

    /** Reads the answers to all lines so far, and there is nothing else. */
    void hearAll() {
        while (heard < said) {
            assertThat(peer.readLine()).isEqualTo("got line %06d".formatted(heard));
            heard++;
        }
        assertThat(Sockets.bytesAvailable(peer.fd())).isZero();
    }

    /** Ends it: the handler is woken for that, and answers what is no line. */
    void end() {
        peer.finish();
        assertThat(peer.readToEnd()).isEqualTo("got \n");
    }
}
