package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.socketbroker.daemon.supervisor.ListeningManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the daemon tells a service manager that is nothing but a datagram socket. */
final class NotifyIT {
    private static final String NONE = "Serving. Sockets: 0, tasks: 0, activations: 0";

    private Path folder = Path.of("/nonexistent");

    @BeforeEach
    void makeFolder() throws IOException {
        folder = BrokerProcess.newHome();
    }

    @AfterEach
    void deleteFolder() throws IOException {
        Vaults.end(folder);
        BrokerProcess.delete(folder);
    }

    private ListeningManager manager() {
        return new ListeningManager(folder.resolve("notify").toString());
    }

    private BrokerProcess start(String... variables) throws IOException {
        String[] wrapper = new String[variables.length + 2];
        wrapper[0] = "env";
        wrapper[1] = "NOTIFY_SOCKET=" + folder.resolve("notify");
        System.arraycopy(variables, 0, wrapper, 2, variables.length);
        return BrokerProcess.start(wrapper);
    }

    @Test
    void shouldTellItsStory() throws Exception {
        try (ListeningManager manager = manager();
                BrokerProcess broker = start();
                ProtocolClient client = new ProtocolClient(broker.runtimeDirectory());
                Link link = Link.tcp()) {
            assertThat(manager.next()).isEqualTo("READY=1\nSTATUS=Serving");
            assertThat(manager.next()).isEqualTo("STATUS=" + NONE);
            client.register("task", Specs.lineAnswerer());
            client.park(link.mine(), "task", "s");
            assertThat(nextUnlike(manager, "STATUS=Serving. Sockets: 0, tasks: 1, activations: 0"))
                    .isEqualTo("STATUS=Serving. Sockets: 1, tasks: 1, activations: 0");
            link.peer().send("hello\n").readLine();
            broker.stop();
            assertThat(nextUnlike(
                            manager,
                            "STATUS=Serving. Sockets: 1, tasks: 1, activations: 1",
                            "STATUS=Serving. Sockets: 1, tasks: 1, activations: 0"))
                    .isEqualTo("STOPPING=1\nSTATUS=Stopping");
            assertThat(manager.next(Duration.ofMillis(10))).isEqualTo("nothing");
        }
    }

    /** What comes between depends on how long a second is. */
    private static String nextUnlike(ListeningManager manager, String... passing) {
        String next = manager.next();
        while (List.of(passing).contains(next)) {
            next = manager.next();
        }
        return next;
    }

    /** A client that was started by the message must not find a closed door. */
    @Test
    void shouldBeReadyOnlyWhenBothSocketsAreServed() throws Exception {
        Path home = Files.createDirectory(folder.resolve("h"));
        try (ListeningManager manager = manager();
                BrokerProcess broker =
                        BrokerProcess.launchIn(home, "env", "NOTIFY_SOCKET=" + folder.resolve("notify"))) {
            assertThat(manager.next()).startsWith("READY=1\n");
            try (ProtocolClient client = new ProtocolClient(broker.runtimeDirectory())) {
                assertThat(HealthGrpc.newBlockingStub(client.channel())
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus())
                        .isEqualTo(ServingStatus.SERVING);
            }
        }
    }

    @Test
    void shouldBeSilentWithoutAWatchdogAndSleep() throws Exception {
        try (ListeningManager manager = manager();
                BrokerProcess broker = start()) {
            assertThat(manager.next()).startsWith("READY=1\n");
            assertThat(manager.next()).isEqualTo("STATUS=" + NONE);
            Await.time(Duration.ofSeconds(1));
            long before = Processes.contextSwitches(broker.pid(), "conductor");
            Await.time(Duration.ofSeconds(3));
            assertThat(Processes.contextSwitches(broker.pid(), "conductor")).isEqualTo(before);
            assertThat(manager.next(Duration.ofMillis(10))).isEqualTo("nothing");
        }
    }

    @Test
    void shouldFeedTheWatchdogOnlyWhileItTurns() throws Exception {
        try (ListeningManager manager = manager();
                BrokerProcess broker = start("WATCHDOG_USEC=200000")) {
            for (int i = 0; i < 5; i++) {
                assertThat(nextUnlike(manager, "READY=1\nSTATUS=Serving", "STATUS=" + NONE))
                        .isEqualTo("WATCHDOG=1");
            }
            broker.signal("STOP");
            Awaitility.await("silence")
                    .until(() -> manager.next(Duration.ofSeconds(1)).equals("nothing"));
            broker.signal("CONT");
            assertThat(manager.next()).isEqualTo("WATCHDOG=1");
        }
    }

    @Test
    void shouldNotFeedTheWatchdogOfAnotherProcess() throws Exception {
        try (ListeningManager manager = manager();
                BrokerProcess _ = start("WATCHDOG_USEC=200000", "WATCHDOG_PID=1")) {
            assertThat(manager.next()).startsWith("READY=1\n");
            assertThat(manager.next()).isEqualTo("STATUS=" + NONE);
            assertThat(manager.next(Duration.ofSeconds(1))).isEqualTo("nothing");
        }
    }

    /** A handler that believed in them would speak for the daemon, or wait for descriptors. */
    @Test
    void shouldKeepTheManagersVariablesFromHandlers() throws Exception {
        try (ListeningManager _ = manager();
                BrokerProcess broker =
                        start("WATCHDOG_USEC=30000000", "LISTEN_PID=1", "LISTEN_FDS=2", "LISTEN_FDNAMES=a:b");
                ProtocolClient client = new ProtocolClient(broker.runtimeDirectory());
                Puppets puppets = new Puppets(broker.home());
                Link link = Link.tcp()) {
            client.register("task", puppets.spec(Specs.rearm()));
            client.park(link.mine(), "task", "s");
            link.peer().send("hello");
            Puppet puppet = puppets.next();
            assertThat(puppet.facts())
                    .doesNotContainKeys(
                            "env.NOTIFY_SOCKET",
                            "env.WATCHDOG_USEC",
                            "env.WATCHDOG_PID",
                            "env.LISTEN_PID",
                            "env.LISTEN_FDS",
                            "env.LISTEN_FDNAMES");
            puppet.exit(0);
        }
    }

    @Test
    void shouldServeWithoutTheManager() throws Exception {
        try (BrokerProcess broker = start("WATCHDOG_USEC=200000")) {
            broker.log().await("WARN", "the service manager does not take a message", "ENOENT");
            try (ListeningManager manager = manager()) {
                assertThat(nextUnlike(manager, "STATUS=" + NONE)).isEqualTo("WATCHDOG=1");
            }
            broker.stop();
        }
    }
}
