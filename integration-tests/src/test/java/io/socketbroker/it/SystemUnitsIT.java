package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.systemd.UserManager;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.LeaseOutcome;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The system's broker as it is installed: hardened, as a user of its own, with the bus and polkit between it and the manager
 * that starts its handlers.
 */
@Tag("systemd")
final class SystemUnitsIT {
    private static final String LIBRARY = "/usr/local/lib/socketbroker";
    private static final String SERVICE = "socketbroker.service";
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static @Nullable SystemManager booted;

    private static SystemManager system() {
        return Objects.requireNonNull(booted, "the manager runs");
    }

    @BeforeAll
    static void install() throws Exception {
        booted = new SystemManager();
        Path java = system().file(BrokerProcess.java());
        UserManager.requireOrSkip(Files.isExecutable(java), "this test needs its JDK on the root file system: " + java);
        copy(PythonExampleIT.checkout().resolve("systemd"), "/opt");
        CommandLine.writeIn(Files.createDirectories(system().file(LIBRARY + "/bin")), copyClassPath());
        system().expect("/opt/systemd/install.sh", "--units-only");
        installHandler();
        system().expect("systemctl", "enable", "--now", "socketbroker.socket", SERVICE);
    }

    @AfterAll
    static void remove() throws IOException {
        if (booted != null) {
            booted.close();
        }
    }

    private static void copy(Path source, String target) throws Exception {
        Files.createDirectories(system().file(target));
        ShippedUnits.run(
                Path.of("/bin/cp"),
                Map.of(),
                "-RL",
                source.toString(),
                system().file(target).toString());
    }

    /** The user socketbroker cannot read where the tests have theirs. */
    private static String copyClassPath() throws Exception {
        List<String> copies = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (Files.exists(Path.of(entry))) {
                String folder = LIBRARY + "/" + copies.size();
                copy(Path.of(entry), folder);
                copies.add(folder + "/" + Path.of(entry).getFileName());
            }
        }
        return String.join(File.pathSeparator, copies);
    }

    private static void installHandler() throws Exception {
        Path dropIns = Files.createDirectories(system().file("/etc/systemd/system/socketbroker-handler@.service.d"));
        Files.writeString(dropIns.resolve("program.conf"), """
                [Service]
                ExecStart=
                ExecStart=%s
                """.formatted(
                        String.join(" ", Puppets.command(SystemManager.shareInside()))));
        system().expect("systemctl", "daemon-reload");
    }

    private static String property(String name) throws Exception {
        return system().expect("systemctl", "show", SERVICE, "--property", name, "--value");
    }

    /** A command of an ordinary user. */
    private static String socketbroker(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=socketbroker-handler"));
        command.addAll(List.of("--regid=socketbroker-handler", "--clear-groups", "env"));
        command.addAll(List.of("SOCKETBROKER_RUNTIME_DIR=/run/socketbroker", LIBRARY + "/bin/socketbroker"));
        command.addAll(List.of(words));
        return system().expect(command.toArray(String[]::new));
    }

    private static int uid(String user) throws Exception {
        return Integer.parseInt(system().expect("id", "-u", user));
    }

    @Test
    void shouldServeEveryUserAsAUserOfItsOwn() throws Exception {
        assertThat(property("ActiveState")).isEqualTo("active");
        assertThat(system().expect("stat", "-c", "%U %a", "/run/socketbroker", "/var/lib/socketbroker"))
                .isEqualTo("socketbroker 755\nsocketbroker 700");
        assertThat(system().expect("stat", "-c", "%a", "/run/socketbroker/grpc.sock", "/run/socketbroker/fd.sock"))
                .isEqualTo("666\n666");
        Path process = system().file("/proc/" + property("MainPID"));
        assertThat(Files.readAllLines(process.resolve("status")))
                .contains("CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2");
        assertThat(Files.getAttribute(process, "unix:uid")).isEqualTo(uid("socketbroker"));
        assertThat(socketbroker("status")).containsPattern("uid +" + uid("socketbroker") + "\n");
        assertThat(property("StatusText")).startsWith("Serving");
    }

    /** Several, since a manager does different things with a unit that it has just collected. */
    @Test
    void shouldStartHandlersAsUnits() throws Exception {
        socketbroker("task", "register", "mail", "--unit", "socketbroker-handler@.service", "--on-exit", "retry");
        open(system().share());
        String door = SystemManager.shareInside().resolve("door.sock").toString();
        socketbroker("listen", "--task", "mail", "--id", "mail", "--accept", "per-connection", "unix:" + door);
        int uid = uid("socketbroker-handler");
        try (Puppets puppets = new Puppets(system().share())) {
            open(system().share().resolve("puppets.sock"));
            for (int i = 0; i < 5; i++) {
                try (Wire peer =
                        new Wire(Sockets.connectUnix(system().share().resolve("door.sock"), Sockets.SOCK_STREAM))) {
                    peer.send("hello " + i);
                    Puppet puppet = puppets.next();
                    assertThat(puppet.fact("status.Uid")).startsWith(uid + "\t");
                    puppet.claim();
                    puppet.expectReceived("hello " + i);
                    puppet.send("served");
                    puppet.complete(LeaseOutcome.LEASE_OUTCOME_CLOSED);
                    assertThat(peer.readToEnd()).isEqualTo("served");
                    puppet.exit(i);
                }
            }
        }
        Awaitility.await("their ends")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(socketbroker("events"))
                        .contains(" ended: status 0", " failed: exit-code, status 4")
                        .doesNotContain("does not know", "handler-failed"));
        socketbroker("task", "unregister", "mail", "--sockets", "close");
        Awaitility.await("no unit is left").atMost(PATIENCE).untilAsserted(() -> {
            assertThat(system().expect("systemctl", "list-units", "--all", "--plain", "-q", "socketbroker-handler*"))
                    .isEmpty();
            assertThat(system().file("/run/socketbroker/activations")).isEmptyDirectory();
        });
    }

    private static void open(Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    /** What polkit lets the broker's user do, in words of the manager's interface. */
    @ParameterizedTest
    @CsvSource({
        "StartUnit, ss, socketbroker-handler@9.service replace, true",
        "StartUnit, ss, socketbroker-handler-mail@9.service replace, true",
        "StopUnit, ss, socketbroker-handler@9.service replace, true",
        "KillUnit, ssi, socketbroker-handler@9.service all 9, true",
        "ResetFailedUnit, s, socketbroker-handler@9.service, true",
        "RestartUnit, ss, socketbroker-handler@9.service replace, false",
        "SetUnitProperties, sba(sv), socketbroker-handler@9.service true 0, false",
        "StartUnit, ss, socketbroker-handler@x.service replace, false",
        "StartUnit, ss, socketbroker-handler.service replace, false",
        "StartUnit, ss, x-socketbroker-handler@9.service replace, false",
        "StopUnit, ss, polkit.service replace, false",
        "StartTransientUnit, ssa(sv)a(sa(sv)), socketbroker-handler@9.service replace 0 0, false",
        "Reload, '', '', false",
    })
    void shouldLetTheBrokerManageHandlersOnly(String method, String signature, String arguments, boolean allowed)
            throws Exception {
        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=socketbroker", "--regid=socketbroker"));
        command.addAll(List.of("--clear-groups", "busctl", "call", "org.freedesktop.systemd1"));
        command.addAll(List.of("/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", method));
        if (!signature.isEmpty()) {
            command.add(signature);
            command.addAll(List.of(arguments.split(" ", -1)));
        }
        SystemManager.Outcome outcome = system().run(command.toArray(String[]::new));
        if (allowed) {
            // What is asked for need not be there.
            assertThat(outcome.output()).doesNotContainIgnoringCase("denied", "authenti", "permitted");
        } else {
            assertThat(outcome.status()).as(outcome.output()).isNotZero();
            assertThat(outcome.output()).containsAnyOf("Access denied", "authentication required");
        }
    }

    /** The broker has no network and no capability: what is declared is made by the helper unit. */
    @Test
    void shouldServeListenersOfTheHostsNetworkThatAreDeclared() throws Exception {
        Path declared = Files.createDirectories(system().file("/etc/socketbroker/tasks.d"))
                .resolve("door.toml");
        Files.writeString(declared, """
                [[task]]
                name = "door"
                sessions-only = true
                [[listener]]
                id = "low-port"
                task = "door"
                address = "tcp:127.9.9.9:81"
                [[listener]]
                id = "path"
                task = "door"
                address = "unix:/run/socketbroker/door.sock"
                mode = "0666"
                """);
        String pid = property("MainPID");
        system().expect("systemctl", "reload", SERVICE);
        Awaitility.await("the listeners")
                .atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(listDeclared()).contains("127.9.9.9:81", "unix:/run/socketbroker/door.sock"));
        assertThat(system().expect("stat", "-c", "%U %a", "/run/socketbroker/door.sock"))
                .isEqualTo("socketbroker 666");
        Files.writeString(declared, "[[task]]\nname = 'door'\n");
        assertThat(system().run("systemctl", "reload", SERVICE).status()).isNotZero();
        assertThat(listDeclared()).contains("127.9.9.9:81");
        Files.delete(declared);
        system().expect("systemctl", "reload", SERVICE);
        assertThat(listDeclared()).doesNotContain("127.9.9.9:81", "door.sock");
        assertThat(property("MainPID")).isEqualTo(pid);
    }

    private static String listDeclared() throws Exception {
        return system().expect(
                        "env",
                        "SOCKETBROKER_RUNTIME_DIR=/run/socketbroker",
                        LIBRARY + "/bin/socketbroker",
                        "list",
                        "--app",
                        "declared");
    }

    @Test
    void shouldComeBackAfterAKill() throws Exception {
        String pid = property("MainPID");
        system().expect("systemctl", "kill", "--signal=KILL", SERVICE);
        Awaitility.await("a successor").atMost(PATIENCE).untilAsserted(() -> {
            assertThat(property("ActiveState")).isEqualTo("active");
            assertThat(property("MainPID")).isNotEqualTo(pid);
        });
        assertThat(socketbroker("status")).contains("version");
    }
}
