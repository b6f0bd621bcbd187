package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.v1.SocketState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A broker with a journal and a vault is killed with -9, and the next one goes on with its sockets. */
final class CustodyIT {
    private final Path home;
    private BrokerProcess broker;

    CustodyIT() throws Exception {
        home = BrokerProcess.newHome();
        broker = BrokerProcess.startKeeping(home);
    }

    @AfterEach
    void endAll() throws Exception {
        broker.close();
        Vaults.end(home);
        BrokerProcess.delete(home);
    }

    private void killAndRestart() throws Exception {
        broker.kill();
        broker = BrokerProcess.startKeeping(home);
    }

    @Test
    void shouldServeTheSameConnectionsAfterEachDeath() throws Exception {
        try (Link link = Link.tcp()) {
            try (ProtocolClient client = new ProtocolClient(broker.runtimeDirectory())) {
                client.register("line", Specs.lineAnswerer());
                client.park(link.mine(), "line", "s");
            }
            Wire peer = link.peer();
            assertThat(peer.send("one\n").readLine()).isEqualTo("got one");
            for (String word : List.of("two", "three", "four")) {
                killAndRestart();
                peer.send(word + "\n");
                assertThat(peer.readLine()).isEqualTo("got " + word);
            }
            try (ProtocolClient client = new ProtocolClient(broker.runtimeDirectory())) {
                await().atMost(Duration.ofSeconds(10))
                        .untilAsserted(() ->
                                assertThat(client.socket("s").getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED));
                assertThat(client.socketIds()).containsExactly("s");
            }
        }
        assertThat(Vaults.of(home)).hasSize(1);
    }

    /** A handler that the next broker does not know of would be started again, with nothing left to read. */
    @Test
    void shouldNotStopBeforeItKnowsItsHandlers() throws Exception {
        NumberedLines lines;
        try (ProtocolClient client = new ProtocolClient(broker.runtimeDirectory())) {
            lines = new NumberedLines(client, "line").park(client, 8);
        }
        try (lines) {
            for (int i = 0; i < 3; i++) {
                lines.say();
                broker.stop();
                broker = BrokerProcess.startKeeping(home);
                lines.hear();
                try (ProtocolClient client = new ProtocolClient(broker.runtimeDirectory())) {
                    await().atMost(Duration.ofSeconds(10))
                            .untilAsserted(() -> assertThat(client.allSockets())
                                    .hasSize(lines.size())
                                    .allMatch(socket -> socket.getState() == SocketState.SOCKET_STATE_PARKED));
                }
            }
        }
    }
}
