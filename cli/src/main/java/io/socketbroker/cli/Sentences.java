package io.socketbroker.cli;

import io.socketbroker.client.BrokeredSocket;

/** Sockets in a few words. Stateless. */
final class Sentences {

    private Sentences() {}

    /** For example "tcp stream 127.0.0.1:40000 to 127.0.0.1:80". */
    static String of(BrokeredSocket socket) {
        var what = socket.message().getProtocol() + " " + Words.word(socket.kind(), "SOCKET_KIND_") + " "
                + socket.localAddress();
        return socket.peerAddress().map(peer -> what + " to " + peer).orElse(what);
    }
}
