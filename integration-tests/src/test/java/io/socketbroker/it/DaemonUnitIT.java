package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The daemon as a service of a real systemd user manager, by the units that are shipped. */
@Tag("systemd")
final class DaemonUnitIT {
    private static final String SERVICE = "socketbroker.service";
    private static final String SOCKET = "socketbroker.socket";
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static @Nullable ShippedUnits installed;

    @BeforeAll
    static void install() throws Exception {
        installed = ShippedUnits.install();
    }

    @AfterAll
    static void remove() throws IOException {
        if (installed != null) {
            installed.close();
        }
    }

    @AfterEach
    void stop() throws Exception {
        units().systemctl("stop", SOCKET, SERVICE);
        assertThat(units().property("Result")).isEqualTo("success");
        assertThat(socket("grpc.sock")).doesNotExist();
    }

    private static ShippedUnits units() {
        return Objects.requireNonNull(installed, "the units are installed");
    }

    private static Path socket(String name) {
        return units().runtimeDirectory().resolve(name);
    }

    private static ConditionFactory eventually(String what) {
        return Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
    }

    private static ProtocolClient client() {
        return new ProtocolClient(units().runtimeDirectory());
    }

    private static void expectServed() {
        try (ProtocolClient client = client()) {
            assertThat(HealthGrpc.newBlockingStub(client.channel())
                            .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .check(HealthCheckRequest.getDefaultInstance())
                            .getStatus())
                    .isEqualTo(ServingStatus.SERVING);
            // An answer on fd.sock too.
            assertThat(client.fdSock().deposit(ProtocolClient.newDepositId(), 1).hasError())
                    .isTrue();
        }
    }

    private static void awaitStatus(String text) {
        eventually("status")
                .untilAsserted(() -> assertThat(units().property("StatusText")).startsWith(text));
    }

    /** The service runs as another process than before. */
    private static void awaitSuccessor(int formerPid) {
        eventually("a successor").untilAsserted(() -> {
            assertThat(units().property("ActiveState")).isEqualTo("active");
            assertThat(units().mainPid()).isPositive().isNotEqualTo(formerPid);
        });
    }

    @Test
    void shouldBeStartedOnceItServesAndTellItsStatus() throws Exception {
        units().systemctl("start", SERVICE);
        assertThat(units().property("ActiveState")).isEqualTo("active");
        expectServed();
        // Tasks of the tests before are there: the unit has a state folder.
        awaitStatus("Serving. Sockets: 0, tasks: ");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket("grpc.sock"))))
                .isEqualTo("rw-------");
        try (ProtocolClient client = client();
                Link link = Link.tcp()) {
            client.register("task", Specs.lineAnswerer());
            client.park(link.mine(), "task", "s");
            awaitStatus("Serving. Sockets: 1, tasks: ");
            assertThat(link.peer().send("hello\n").readLine()).isEqualTo("got hello");
        }
    }

    @Test
    void shouldRefuseNobodyWhileItIsRestarted() throws Exception {
        units().systemctl("start", SERVICE);
        int pid = units().mainPid();
        CompletableFuture<Void> restart = CompletableFuture.runAsync(() -> {
            try {
                units().systemctl("restart", SERVICE);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        int connections = 0;
        while (!restart.isDone()) {
            // Fails if nobody listens.
            Sockets.connectUnix(socket("grpc.sock"), Sockets.SOCK_STREAM).close();
            Sockets.connectUnix(socket("fd.sock"), Sockets.SOCK_SEQPACKET).close();
            connections++;
            Await.time(Duration.ofMillis(5));
        }
        restart.join();
        assertThat(connections).isPositive();
        assertThat(units().mainPid()).isNotEqualTo(pid);
        expectServed();
    }

    @Test
    void shouldComeBackAfterAKill() throws Exception {
        units().systemctl("start", SERVICE);
        int pid = units().mainPid();
        units().systemctl("kill", "--kill-whom=main", "--signal=KILL", SERVICE);
        awaitSuccessor(pid);
        assertThat(units().property("NRestarts")).isEqualTo("1");
        expectServed();
    }

    /** The launched handler is in the control group of the service, and not the service. */
    @Test
    void shouldLeaveHandlersAloneWhenItIsStopped() throws Exception {
        units().systemctl("start", SERVICE);
        Path home = BrokerProcess.newHome();
        try (Puppets puppets = new Puppets(home);
                ProtocolClient client = client();
                Link link = Link.tcp()) {
            client.register("task", puppets.spec(Specs.rearm()));
            client.park(link.mine(), "task", "s");
            link.peer().send("hello");
            Puppet puppet = puppets.next();
            units().systemctl("stop", SERVICE);
            puppet.expectReceived("hello");
            puppet.send("goes on");
            assertThat(link.peer().read(7)).isEqualTo("goes on");
            puppet.exit(0);
        } finally {
            BrokerProcess.delete(home);
        }
    }

    @Test
    void shouldReloadAndGoOn() throws Exception {
        units().systemctl("start", SERVICE);
        int pid = units().mainPid();
        units().systemctl("reload", SERVICE);
        Awaitility.await("the end of the reload")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(units().property("ActiveState")).isEqualTo("active"));
        assertThat(units().mainPid()).isEqualTo(pid);
        expectServed();
    }

    @Test
    void shouldBeReplacedWhenItHangs() throws Exception {
        Path impatience = units().configure(SERVICE, "WatchdogSec=3s", "TimeoutAbortSec=2s");
        try {
            units().systemctl("start", SERVICE);
            int pid = units().mainPid();
            // It feeds the watchdog: longer than that it lives.
            Await.time(Duration.ofSeconds(5));
            assertThat(units().mainPid()).isEqualTo(pid);
            units().systemctl("kill", "--kill-whom=main", "--signal=STOP", SERVICE);
            awaitSuccessor(pid);
            assertThat(units().property("NRestarts")).isEqualTo("1");
            expectServed();
            // What its threads did is in the journal, for whoever looks for the cause.
            assertThat(Files.readString(units().log()))
                    .contains("Full thread dump")
                    .contains("\"conductor\"");
        } finally {
            Files.delete(impatience);
            units().manager().reload();
        }
    }

    @Test
    void shouldBeStartedByTheFirstClient() throws Exception {
        units().systemctl("start", SOCKET);
        assertThat(units().property("ActiveState")).isEqualTo("inactive");
        expectServed();
        assertThat(units().property("ActiveState")).isEqualTo("active");
        // And again, after a stop that leaves the sockets.
        int pid = units().mainPid();
        units().systemctl("stop", SERVICE);
        assertThat(socket("grpc.sock")).exists();
        try (OwnedFd first = Sockets.connectUnix(socket("grpc.sock"), Sockets.SOCK_STREAM)) {
            // The connection that starts the broker is served, too: HTTP/2 servers speak first.
            SocketOptions.setReceiveTimeout(first.fd(), PATIENCE);
            assertThat(Io.read(first.fd(), new byte[9])).isEqualTo(9);
        }
        assertThat(units().mainPid()).isPositive().isNotEqualTo(pid);
    }

    @Test
    void shouldBeStartedByTheFirstClientOfFdSock() throws Exception {
        units().systemctl("start", SOCKET);
        try (FdConnection first = new FdConnection(units().runtimeDirectory())) {
            assertThat(first.deposit(ProtocolClient.newDepositId(), 1).hasError())
                    .isTrue();
        }
        expectServed();
    }
}
