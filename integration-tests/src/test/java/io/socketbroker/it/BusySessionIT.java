package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.client.ActivatedSocket;
import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.Session;
import io.socketbroker.client.SessionOptions;
import io.socketbroker.client.SessionState;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.TaskSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A session with credit for a thousand sockets, all of which wake again and again at the same time. */
final class BusySessionIT {
    private static final int SOCKETS = 1_000;
    private static final int ROUNDS = 10;
    private static final int BATCH = 250;
    private static final byte[] WORD = "word".getBytes(StandardCharsets.US_ASCII);

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private static void echo(ActivatedSocket socket) {
        byte[] buffer = new byte[WORD.length];
        int count = Io.read(socket.fd(), buffer);
        Io.write(socket.fd(), buffer, 0, count);
    }

    private static List<Link> park(BrokerClient client) {
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < SOCKETS; i++) {
            links.add(broker.closeLater(Link.unix(Sockets.SOCK_STREAM)));
        }
        for (int first = 0; first < SOCKETS; first += BATCH) {
            List<TransferRequest> batch = new ArrayList<>();
            for (int i = first; i < first + BATCH; i++) {
                batch.add(TransferRequest.of(links.get(i).mine(), "s" + i, "echo"));
            }
            client.transferAll(batch);
        }
        return links;
    }

    @Test
    void shouldNeitherStallNorLoseTheSession() {
        broker.client().register("echo", TaskSpec.getDefaultInstance());
        Queue<SessionState> states = new ConcurrentLinkedQueue<>();
        SessionOptions options =
                SessionOptions.of("echo").withCredit(SOCKETS).withListener((state, _) -> states.add(state));
        try (BrokerClient client = BrokerClient.connect(broker.process().runtimeDirectory());
                Session session = client.attach(options, BusySessionIT::echo)) {
            List<Link> links = park(client);
            for (int round = 0; round < ROUNDS; round++) {
                links.forEach(link -> link.peer().send("word"));
                links.forEach(link -> assertThat(link.peer().read(WORD.length)).isEqualTo("word"));
            }
            await().atMost(Duration.ofSeconds(4)).until(() -> session.counts().completed() == (long) SOCKETS * ROUNDS);
            assertThat(session.counts().failed()).isZero();
            assertThat(states).containsExactly(SessionState.ATTACHED);
        }
    }
}
