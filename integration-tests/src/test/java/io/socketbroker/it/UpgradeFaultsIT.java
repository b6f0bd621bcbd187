package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.client.ActivatedSocket;
import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.Session;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.TaskSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients, handlers and sessions that are killed, or in the middle of their work, while the broker is replaced. */
final class UpgradeFaultsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CONNECTIONS = 20;
    private static final int MOST_TRANSFERS = 2_000;
    private static final int ROUNDS_AFTERWARDS = 5;

    private Path home = Path.of("/nonexistent");
    private @Nullable BrokerProcess running;
    private @Nullable BrokerClient client;

    @BeforeEach
    void start() throws Exception {
        home = BrokerProcess.newHome();
        running = BrokerProcess.startKeeping(home);
        client = BrokerClient.connect(running.runtimeDirectory());
        try (ProtocolClient raw = new ProtocolClient(running.runtimeDirectory())) {
            raw.register("line", Specs.lineAnswerer());
            raw.register("session", TaskSpec.getDefaultInstance());
        }
    }

    @AfterEach
    void end() throws Exception {
        client().close();
        Objects.requireNonNull(running).close();
        Vaults.end(home);
        BrokerProcess.delete(home);
    }

    private BrokerClient client() {
        return Objects.requireNonNull(client, "it was connected");
    }

    private Path runtimeDirectory() {
        return home.resolve("r");
    }

    /** Begins; gives when the former broker had started. */
    private Instant beginUpgrade() {
        Instant former = client().status().startedAt();
        client().upgrade();
        return former;
    }

    private boolean isServedSince(Instant former) {
        return client().status().startedAt().isAfter(former);
    }

    private void awaitUpgrade(Instant former) {
        await("the successor serves").atMost(PATIENCE).until(() -> isServedSince(former));
    }

    /** What a connection's other end says: the answer of a handler, or empty if it was its client's and ended with it. */
    private static Optional<String> answer(Wire peer) {
        try {
            peer.send("hello\n");
            String first = peer.receive();
            // A line that short comes in one piece.
            return first.isEmpty() ? Optional.empty() : Optional.of(first.strip());
        } catch (LinuxException e) {
            assertThat(e.errnoName()).isIn("ECONNRESET", "EPIPE");
            return Optional.empty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 400, 1_000})
    void shouldEndOrKeepEachConnectionOfAClientThatIsKilled(int delayMillis) throws Exception {
        List<Wire> peers = new ArrayList<>();
        try (OwnedFd listener = Sockets.listenTcp(Link.loopback("127.0.0.1"), 128)) {
            Process program = TransferringProgram.start(
                    runtimeDirectory(), Link.addressOf(listener.fd()).getPort(), MOST_TRANSFERS);
            Instant former;
            try {
                for (int i = 0; i < CONNECTIONS; i++) {
                    peers.add(new Wire(Sockets.accept(listener.fd(), false).orElseThrow()));
                }
                former = beginUpgrade();
                long begun = System.nanoTime();
                SocketOptions.setReceiveTimeout(listener.fd(), Duration.ofMillis(10));
                while (System.nanoTime() - begun < TimeUnit.MILLISECONDS.toNanos(delayMillis)) {
                    Sockets.accept(listener.fd(), false).map(Wire::new).ifPresent(peers::add);
                }
            } finally {
                program.destroyForcibly();
                assertThat(program.waitFor(15, TimeUnit.SECONDS)).isTrue();
            }
            awaitUpgrade(former);
            for (var late = Sockets.accept(listener.fd(), false);
                    late.isPresent();
                    late = Sockets.accept(listener.fd(), false)) {
                peers.add(new Wire(late.get()));
            }
            List<Optional<String>> answers =
                    peers.stream().map(UpgradeFaultsIT::answer).toList();
            // It waits for each of its transfers.
            assertThat(answers.subList(0, peers.size() - 1)).containsOnly(Optional.of("got hello"));
            long kept = answers.stream().filter(Optional::isPresent).count();
            assertThat(client().listSockets()).hasSize(Math.toIntExact(kept));
        } finally {
            peers.forEach(Wire::close);
        }
    }

    @Test
    void shouldHandOverOnceWhatAClientTransfersMeanwhile() {
        List<Link> links = new ArrayList<>();
        try {
            Instant former = beginUpgrade();
            long after = 0;
            while (after < ROUNDS_AFTERWARDS) {
                Link link = Link.tcp();
                links.add(link);
                client().transfer(TransferRequest.of(link.mine(), "s" + links.size(), "line"));
                assertThat(link.mine().isOpen()).isFalse();
                after += isServedSince(former) ? 1 : 0;
            }
            for (Link link : links) {
                assertThat(link.peer().send("hello\n").readLine()).isEqualTo("got hello");
            }
            assertThat(client().listSockets()).hasSize(links.size());
        } finally {
            links.forEach(Link::close);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LAUNCH_STYLE_SOCKET", "LAUNCH_STYLE_LISTEN_FDS", "LAUNCH_STYLE_CLAIM"})
    void shouldGiveTheNextHandlerTheSocketOfOneThatIsKilled(LaunchStyle style) {
        try (Link link = Link.tcp();
                Puppets puppets = new Puppets(home);
                ProtocolClient raw = new ProtocolClient(runtimeDirectory())) {
            raw.register(
                    "puppet", puppets.spec(style).setExitPolicy(Specs.rearm()).build());
            raw.park(link.mine(), "puppet", "s");
            link.peer().send("first");
            Puppet killed = puppets.next();
            if (style == LaunchStyle.LAUNCH_STYLE_CLAIM) {
                killed.claim();
            }
            Instant former = beginUpgrade();
            killed.kill();
            link.peer().send("second");
            Puppet next = puppets.next();
            awaitUpgrade(former);
            if (style == LaunchStyle.LAUNCH_STYLE_CLAIM) {
                next.claim();
            }
            next.expectRead("firstsecond");
            next.send("answer");
            assertThat(link.peer().read(6)).isEqualTo("answer");
            assertThat(next.complete(LeaseOutcome.LEASE_OUTCOME_RETURNED)).isEqualTo("completed");
            next.exit(0);
            try (ProtocolClient successor = new ProtocolClient(runtimeDirectory())) {
                Await.parked(successor, "s");
            }
            puppets.expectNoMore();
        }
    }

    private static void echo(ActivatedSocket socket) {
        byte[] buffer = new byte[64];
        int count = Io.read(socket.fd(), buffer);
        Io.write(socket.fd(), buffer, 0, count);
    }

    @Test
    void shouldNeitherLoseNorDoubleWhatASessionIsSentMeanwhile() {
        List<Link> links =
                IntStream.range(0, CONNECTIONS).mapToObj(_ -> Link.tcp()).toList();
        try (Session session = client().attach("session", UpgradeFaultsIT::echo)) {
            for (int i = 0; i < links.size(); i++) {
                client().transfer(TransferRequest.of(links.get(i).mine(), "s" + i, "session"));
            }
            Instant former = beginUpgrade();
            int after = 0;
            for (int round = 0; after < ROUNDS_AFTERWARDS; round++) {
                String line = "line " + round;
                links.forEach(link -> link.peer().send(line + "\n"));
                links.forEach(link -> assertThat(link.peer().readLine()).isEqualTo(line));
                after += isServedSince(former) ? 1 : 0;
            }
            await().atMost(PATIENCE).until(session::isAttached);
            await().atMost(PATIENCE).until(() -> session.counts().running() == 0);
            assertThat(session.counts().failed()).isZero();
            assertThat(client().listSockets()).hasSize(links.size());
        } finally {
            links.forEach(Link::close);
        }
    }
}
