package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.client.ActivatedSocket;
import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.Session;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.Io;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A running program with leases, while its broker is killed, replaced or stopped and started. */
final class SessionRestartIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Path home = Path.of("/nonexistent");
    private @Nullable BrokerProcess running;
    private final LinkedBlockingQueue<ActivatedSocket> working = new LinkedBlockingQueue<>();
    private final Semaphore goOn = new Semaphore(0);

    /** The SDK keeps an event loop of its own from its first use on. */
    @BeforeAll
    static void warmUp() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start();
                BrokerClient client = BrokerClient.connect(broker.runtimeDirectory())) {
            WarmUp.run(broker);
            assertThat(client.status().pid()).isEqualTo(broker.pid());
        }
    }

    @BeforeEach
    void start() throws Exception {
        home = BrokerProcess.newHome();
        running = BrokerProcess.startKeeping(home);
    }

    @AfterEach
    void end() throws Exception {
        broker().close();
        Vaults.end(home);
        BrokerProcess.delete(home);
    }

    private BrokerProcess broker() {
        return Objects.requireNonNull(running, "it was started");
    }

    private void restart(String how) throws Exception {
        switch (how) {
            case "upgrade" -> {
                try (BrokerClient other = BrokerClient.connect(broker().runtimeDirectory())) {
                    var before = other.status().startedAt();
                    other.upgrade();
                    await().atMost(PATIENCE)
                            .ignoreExceptions()
                            .until(() -> other.status().startedAt().isAfter(before));
                }
            }
            case "stop" -> {
                broker().signal("TERM");
                assertThat(broker().exitStatus()).isZero();
                running = BrokerProcess.startKeeping(home);
            }
            default -> {
                broker().kill();
                running = BrokerProcess.startKeeping(home);
            }
        }
    }

    /** Reads a line, waits until the test lets it go on, and answers. */
    private void answer(ActivatedSocket socket) throws InterruptedException {
        byte[] buffer = new byte[64];
        int count = Io.read(socket.fd(), buffer);
        working.add(socket);
        goOn.acquire();
        Io.write(socket.fd(), buffer, 0, count);
    }

    private ActivatedSocket worked() throws InterruptedException {
        return Objects.requireNonNull(working.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "a handler works");
    }

    private void awaitParked(BrokerClient client) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> client.getSocket("s").state() == SocketState.SOCKET_STATE_PARKED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill", "stop", "upgrade"})
    void shouldKeepTheLeaseOfAHandlerThatWorks(String how) throws Exception {
        try (Link link = Link.tcp();
                ProtocolClient raw = new ProtocolClient(broker().runtimeDirectory());
                BrokerClient client = BrokerClient.connect(broker().runtimeDirectory())) {
            raw.register("answer", TaskSpec.getDefaultInstance());
            try (Session session = client.attach("answer", this::answer)) {
                client.transfer(TransferRequest.of(link.mine(), "s", "answer"));
                link.peer().send("one\n");
                ActivatedSocket socket = worked();
                restart(how);
                await().atMost(PATIENCE).until(session::isAttached);
                assertThat(socket.isRevoked()).isFalse();
                goOn.release();
                assertThat(link.peer().readLine()).isEqualTo("one");
                awaitParked(client);
                assertThat(working).isEmpty();
                goOn.release();
                assertThat(link.peer().send("two\n").readLine()).isEqualTo("two");
                awaitParked(client);
                assertThat(session.counts().completed()).isEqualTo(2);
            }
        }
    }

    /** What a handler ends while there is no broker is told to the next one. */
    @Test
    void shouldTellTheNextBrokerWhatEndedMeanwhile() throws Exception {
        try (Link link = Link.tcp();
                ProtocolClient raw = new ProtocolClient(broker().runtimeDirectory());
                BrokerClient client = BrokerClient.connect(broker().runtimeDirectory())) {
            raw.register("answer", TaskSpec.getDefaultInstance());
            try (Session session = client.attach("answer", this::answer)) {
                client.transfer(TransferRequest.of(link.mine(), "s", "answer"));
                link.peer().send("one\n");
                assertThat(worked().isRevoked()).isFalse();
                broker().kill();
                goOn.release();
                assertThat(link.peer().readLine()).isEqualTo("one");
                running = BrokerProcess.startKeeping(home);
                awaitParked(client);
                await().atMost(PATIENCE).until(() -> session.counts().completed() == 1);
                assertThat(working).isEmpty();
            }
        }
    }

    /** A program that ended with its broker is not waited for. */
    @Test
    void shouldApplyTheExitPolicyWhenTheProgramIsGone() throws Exception {
        try (Link link = Link.tcp()) {
            try (ProtocolClient client = new ProtocolClient(broker().runtimeDirectory())) {
                client.register(
                        "answer",
                        TaskSpec.newBuilder().setExitPolicy(Specs.rearm()).build());
                client.park(link.mine(), "answer", "s");
            }
            try (RunningSession program = new RunningSession(broker().runtimeDirectory(), "answer")) {
                for (String command : List.of("attached", "hello")) {
                    assertThat(program.tell(command)).isEqualTo("ok");
                }
                link.peer().send("one\n");
                assertThat(program.tell("receive")).startsWith("attempt");
                assertThat(program.tell("acknowledge")).isEqualTo("ok");
                assertThat(program.tell("read 4")).isEqualTo("6f6e650a");
                broker().kill();
                program.kill();
            }
            running = BrokerProcess.startKeeping(home);
            try (BrokerClient client = BrokerClient.connect(broker().runtimeDirectory())) {
                // The grace for programs that are there is longer.
                await().atMost(Duration.ofSeconds(8))
                        .until(() -> client.getSocket("s").state() == SocketState.SOCKET_STATE_PARKED);
            }
        }
    }
}
