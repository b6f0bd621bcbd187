package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Connections that are parked with a handler which answers each line once. Every peer sends 1, 2, 3 and so on, and a lost,
 * doubled or moved line is the test's failure, as is a reset. Not thread-safe.
 */
final class NumberedLines implements AutoCloseable {
    private final String task;
    private final Map<String, Long> cookies = new HashMap<>();
    private final List<Wire> peers = new ArrayList<>();
    private int said;

    /** For the sockets of a task that it registers. */
    NumberedLines(ProtocolClient client, String task) {
        this.task = task;
        client.register(task, Specs.lineAnswerer());
    }

    /** Parks so many connections over TCP, and as many unix sockets. */
    NumberedLines park(ProtocolClient client, int ofEachKind) {
        for (int i = 0; i < ofEachKind; i++) {
            park(client, Link.tcp());
            park(client, Link.unix(Sockets.SOCK_STREAM));
        }
        return this;
    }

    private void park(ProtocolClient client, Link link) {
        String id = task + "-" + peers.size();
        peers.add(link.peer());
        cookies.put(id, SocketOptions.cookie(link.mine().fd()));
        client.park(link.mine(), task, id);
    }

    int size() {
        return peers.size();
    }

    /** The next line on each connection, whoever is there to read it. */
    NumberedLines say() {
        said++;
        peers.forEach(peer -> peer.send(said + "\n"));
        return this;
    }

    /** The answer to it on each connection, and nothing else. */
    void hear() {
        for (Wire peer : peers) {
            assertThat(peer.readLine()).isEqualTo("got " + said);
        }
    }

    /** The broker has the very same kernel sockets. */
    void expectSameSockets(ProtocolClient client) {
        Map<String, Long> held = new HashMap<>();
        for (Socket socket : client.allSockets()) {
            if (socket.getTask().equals(task)) {
                held.put(socket.getKey().getSocketId(), socket.getCookie());
            }
        }
        assertThat(held).isEqualTo(cookies);
    }

    @Override
    public void close() {
        peers.forEach(Wire::close);
    }
}
