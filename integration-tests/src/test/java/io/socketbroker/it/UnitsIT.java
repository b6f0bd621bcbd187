package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.systemd.UserManager;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.SocketOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Handlers that are instances of the shipped example unit, in a real systemd user manager. */
@Tag("systemd")
final class UnitsIT {
    private static final String TEMPLATE = "socketbroker-handler@.service";
    private static final Path FOLDER = newFolder();

    /** The broker finds the manager as any program of a user does. */
    @RegisterExtension
    static final BrokerFixture broker =
            new BrokerFixture("env", "-u", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR=" + FOLDER.resolve("run"));

    private static Path launcher = Path.of("/nonexistent");
    private static @Nullable UserManager manager;

    private static Path newFolder() {
        try {
            return BrokerProcess.newHome();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static UserManager manager() {
        return Objects.requireNonNull(manager, "the manager runs");
    }

    @BeforeAll
    static void startManager() throws Exception {
        manager = new UserManager(FOLDER, false, List.of());
        // For the manager the broker is where the shipped unit looks for it.
        Files.delete(manager().runtimeDirectory());
        Files.createSymbolicLink(manager().runtimeDirectory(), broker.process().runtimeDirectory());
        install(TEMPLATE);
        launcher = CommandLine.writeIn(broker.home());
        warmUp();
    }

    /** The daemon keeps its connection to the manager for half a minute: so it has one before each test and after it. */
    private static void warmUp() throws Exception {
        try (ProtocolClient client = new ProtocolClient(broker.process().runtimeDirectory());
                Puppets puppets = new Puppets(broker.home());
                Link link = Link.tcp()) {
            register("warm-up", TEMPLATE);
            client.park(link.mine(), "warm-up", "warm-up");
            link.peer().send("x");
            Puppet puppet = puppets.next();
            puppet.claim();
            puppet.complete(LeaseOutcome.LEASE_OUTCOME_CLOSED);
            puppet.exit(0);
            link.peer().expectGone();
        }
        expectNothingLeft();
    }

    @AfterAll
    static void stopManager() throws IOException {
        if (manager != null) {
            manager.close();
        }
        BrokerProcess.delete(FOLDER);
    }

    @AfterEach
    void shouldLeaveNothing() throws Exception {
        expectNothingLeft();
    }

    private static void expectNothingLeft() {
        Awaitility.await("no unit and no environment are left").untilAsserted(() -> {
            assertThat(manager().systemctl("list-units", "--all", "--plain", "--no-legend", "socketbroker-handler*"))
                    .isEmpty();
            assertThat(activations()).isEmptyDirectory();
        });
    }

    private static Path activations() {
        return broker.process().runtimeDirectory().resolve("activations");
    }

    /** The shipped unit under this name, with a puppet as the program of a drop-in. */
    private static void install(String template) throws IOException {
        Files.copy(
                PythonExampleIT.checkout().resolve("systemd/user").resolve(TEMPLATE),
                manager().units().resolve(template));
        Path dropIns = Files.createDirectory(manager().units().resolve(template + ".d"));
        Files.writeString(
                dropIns.resolve("program.conf"), """
                [Service]
                ExecStart=
                ExecStart=%s
                """.formatted(String.join(" ", Puppets.command(broker.home()))));
        manager().reload();
    }

    /** As an operator does it. */
    private static void register(String task, String template, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString(), "task", "register", task));
        command.addAll(List.of("--unit", template, "--manager", "user", "--on-exit", "retry"));
        command.addAll(Arrays.asList(options));
        command.addAll(
                List.of("--runtime-dir", broker.process().runtimeDirectory().toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = process.inputReader().readAllAsString();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    /** A connection to a listener of the broker that has this task's name. */
    private static Wire connect(ProtocolClient client, String task) {
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 16));
        var address = Link.addressOf(listener.fd());
        client.park(
                listener,
                ProtocolClient.item(task, task)
                        .setOptions(SocketOptions.newBuilder().setAcceptMode(AcceptMode.ACCEPT_MODE_PER_CONNECTION)));
        return broker.closeLater(new Wire(Sockets.connectTcp(address)));
    }

    /** The instance that a handler is the program of. */
    private static String unitOf(Puppet puppet) throws IOException {
        String unit = "socketbroker-handler@" + puppet.env("ACTIVATION") + ".service";
        assertThat(Files.readString(Path.of("/proc", Integer.toString(puppet.pid()), "cgroup")))
                .contains("/" + unit);
        return unit;
    }

    @Test
    void shouldServeAConnectionByAUnit() throws Exception {
        ProtocolClient client = broker.client();
        register("served", TEMPLATE);
        Wire peer = connect(client, "served").send("hello");
        Puppet puppet = broker.puppets().next();
        String unit = unitOf(puppet);
        Path environment = activations().resolve(puppet.env("ACTIVATION") + ".env");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(environment)))
                .isEqualTo("rw-------");
        assertThat(puppet.fact("env.REMOTE_PORT"))
                .isEqualTo(Integer.toString(
                        ((Endpoint.Inet) Sockets.localEndpoint(peer.fd()).orElseThrow()).port()));
        // Nothing of the daemon's own environment comes through the manager.
        assertThat(puppet.facts()).doesNotContainKey("env." + BrokerProcess.SECRET);
        puppet.claim();
        puppet.expectReceived("hello");
        puppet.send("from " + unit);
        assertThat(puppet.complete(LeaseOutcome.LEASE_OUTCOME_CLOSED)).isEqualTo("completed");
        assertThat(peer.readToEnd()).isEqualTo("from " + unit);
        puppet.exit(0);
        EventLog.of(client).awaitMessage("HANDLER_EXITED", "served", "unit " + unit + " ended: status 0");
    }

    @Test
    void shouldHaveTheNextInstanceHandleWhatAUnitFailedOn() throws Exception {
        ProtocolClient client = broker.client();
        register("failed", TEMPLATE);
        Wire peer = connect(client, "failed").send("only once");
        Puppet first = broker.puppets().next();
        String unit = unitOf(first);
        first.claim();
        long cookie = first.cookie();
        first.exit(3);
        EventLog.of(client).awaitMessage("HANDLER_EXITED", "failed", "unit " + unit + " failed: exit-code, status 3");
        EventLog.of(client).awaitMessage("HANDLER_FAILED", "failed", unit, "attempt 2");
        Puppet second = broker.puppets().next();
        assertThat(unitOf(second)).isNotEqualTo(unit);
        assertThat(second.env("ATTEMPT")).isEqualTo("2");
        second.claim();
        assertThat(second.cookie()).isEqualTo(cookie);
        second.expectReceived("only once");
        second.send("done");
        second.complete(LeaseOutcome.LEASE_OUTCOME_CLOSED);
        assertThat(peer.readToEnd()).isEqualTo("done");
        second.exit(0);
    }

    @Test
    void shouldStopAUnitThatTakesTooLong() throws Exception {
        ProtocolClient client = broker.client();
        register("slow", TEMPLATE, "--timeout", "1s");
        Wire peer = connect(client, "slow").send("wait");
        Puppet first = broker.puppets().next();
        String unit = unitOf(first);
        first.claim();
        // It waits for a command that does not come.
        first.expectKilled();
        EventLog.of(client).awaitMessage("HANDLER_EXITED", "slow", "unit " + unit, "SIGTERM");
        Puppet second = broker.puppets().next();
        second.claim();
        second.expectReceived("wait");
        second.complete(LeaseOutcome.LEASE_OUTCOME_CLOSED);
        second.exit(0);
        peer.expectGone();
    }

    @Test
    void shouldRecoverOnceItsUnitIsInstalled() throws Exception {
        ProtocolClient client = broker.client();
        String later = "socketbroker-handler-later@.service";
        register("later", later);
        Wire peer = connect(client, "later").send("patient");
        EventLog.of(client)
                .awaitMessage("HANDLER_FAILED", "later", "unit socketbroker-handler-later@", "not found", "attempt 2");
        assertThat(activations()).isEmptyDirectory();
        install(later);
        Puppet puppet = broker.puppets().next();
        puppet.claim();
        puppet.expectReceived("patient");
        puppet.complete(LeaseOutcome.LEASE_OUTCOME_CLOSED);
        puppet.exit(0);
        peer.expectGone();
    }

    @Test
    void shouldReplaceAUnitThatWasKilled() throws Exception {
        ProtocolClient client = broker.client();
        register("killed", TEMPLATE);
        Wire peer = connect(client, "killed").send("again");
        Puppet first = broker.puppets().next();
        String unit = unitOf(first);
        first.kill();
        EventLog.of(client).awaitMessage("HANDLER_EXITED", "killed", "unit " + unit + " failed: signal, SIGKILL");
        Puppet second = broker.puppets().next();
        second.claim();
        second.expectReceived("again");
        second.complete(LeaseOutcome.LEASE_OUTCOME_CLOSED);
        second.exit(0);
        peer.expectGone();
    }
}
