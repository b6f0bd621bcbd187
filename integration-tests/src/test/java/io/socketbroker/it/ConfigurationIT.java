package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.BrokerEvent;
import io.socketbroker.client.BrokeredSocket;
import io.socketbroker.daemon.supervisor.ListeningManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Brokers that are told by files what to serve. */
final class ConfigurationIT {
    private static final String ECHO = """
            [[task]]
            name = "echo"
            command = ["/bin/cat"]
            """;

    private Path home = Path.of("/nonexistent");

    @BeforeEach
    void makeHome() throws IOException {
        home = BrokerProcess.newHome();
        Files.createDirectory(home.resolve("tasks.d"));
    }

    @AfterEach
    void deleteHome() throws IOException {
        Vaults.end(home);
        BrokerProcess.delete(home);
    }

    private Path main() {
        return home.resolve("socketbroker.toml");
    }

    private void write(String text) throws IOException {
        Files.writeString(main(), text);
    }

    private void dropIn(String name, String text) throws IOException {
        Files.writeString(home.resolve("tasks.d").resolve(name), text);
    }

    private static String listener(String id, String address, String... more) {
        return "\n[[listener]]\nid = \"" + id + "\"\ntask = \"echo\"\naddress = \"" + address + "\"\n"
                + String.join("\n", more) + "\n";
    }

    private BrokerProcess start(String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of("--config", main().toString()));
        options.addAll(List.of(more));
        return BrokerProcess.startWith(home, options.toArray(String[]::new));
    }

    private static BrokerClient client(BrokerProcess broker) {
        return BrokerClient.builder()
                .runtimeDirectory(broker.runtimeDirectory())
                .app("declared")
                .connect();
    }

    /** How a command ended, and what it said on both streams. */
    private record Outcome(int status, String output) {}

    private Outcome socketbroker(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(CommandLine.writeIn(home).toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = process.inputReader().readAllAsString();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), output);
    }

    private static int port(BrokeredSocket socket) {
        return socket.message().getLocal().getPort();
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void expectEcho(Socket connection, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        connection.getOutputStream().write(bytes);
        assertThat(connection.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    }

    @Test
    void shouldServeWhatIsDeclaredWithoutALineOfCode() throws Exception {
        write("[limits]\ntasks-per-uid = 17\n" + ECHO);
        dropIn("door.toml", listener("door", "tcp:127.0.0.1:0"));
        try (BrokerProcess broker = start("--in-memory");
                BrokerClient client = client(broker);
                Socket connection = connect(port(client.getSocket("door")))) {
            expectEcho(connection, "without a line of code");
            assertThat(client.getTask("echo").message().getKey().getApp()).isEqualTo("declared");
            assertThat(client.status().message().getLimitsList())
                    .anyMatch(limit -> limit.getName().equals("tasks-per-uid") && limit.getLimit() == 17);
            Outcome foreign = socketbroker(
                    "task",
                    "register",
                    "mine",
                    "--app",
                    "declared",
                    "--runtime-dir",
                    broker.runtimeDirectory().toString(),
                    "--",
                    "/bin/cat");
            assertThat(foreign.status()).isEqualTo(1);
            assertThat(foreign.output()).contains("what the broker's configuration declares");
        }
    }

    @Test
    void shouldSayAllThatIsWrongAndPrintWhatIsRight() throws Exception {
        write("[limits]\nhandler = 5\n" + ECHO + "activation-burst = 5\n" + listener("door", "tcp:127.0.0.1:0"));
        dropIn("x.toml", "[[listener]]\nid = 'x'\n");
        Outcome wrong = socketbroker("daemon", "--config", main().toString(), "--check-config");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.output())
                .contains(main() + ":2: there is no key handler in [limits]; did you mean handlers?")
                .contains("x.toml:1: [[listener]] has no task")
                .contains("x.toml:1: [[listener]] has no address")
                .contains("3 errors");
        Files.delete(home.resolve("tasks.d/x.toml"));
        write(ECHO + "activation-burst = 5\n" + listener("door", "tcp:127.0.0.1:0", "wake-line = true"));
        assertThat(socketbroker("daemon", "--config", main().toString(), "--check-config")
                        .output())
                .contains(main() + ":1: task echo: activation-burst: needs activations-per-second")
                .contains(main() + ":6: listener door: wake-filter: of a listener needs first-bytes-timeout");
        write(ECHO + listener("door", "tcp:127.0.0.1:0"));
        Outcome right = socketbroker("daemon", "--config", main().toString(), "--check-config");
        assertThat(right.status()).as(right.output()).isZero();
        Outcome printed = socketbroker("daemon", "--config", main().toString(), "--state-dir", "/x", "--print-config");
        assertThat(printed.status()).isZero();
        assertThat(printed.output())
                .contains("state-dir = \"/x\"  # --state-dir")
                .contains("address = \"tcp:127.0.0.1:0\"  # " + main() + ":8");
        Path copy = Files.writeString(home.resolve("copy.toml"), printed.output());
        assertThat(socketbroker("daemon", "--config", copy.toString(), "--check-config")
                        .status())
                .isZero();
        assertThat(socketbroker("daemon", "--config", home + "/nothing.toml", "--check-config")
                        .output())
                .contains("nothing.toml: there is no such file");
    }

    @Test
    void shouldChangeOnlyWhatChangesAndDropNoConnection() throws Exception {
        Path late = home.resolve("late.sock");
        write(ECHO
                + listener("stays", "tcp:127.0.0.1:0")
                + listener("goes", "unix:" + home.resolve("goes.sock"))
                + listener("moves", "unix:" + home.resolve("old.sock"))
                + listener("former", "tcp:127.0.0.2:0"));
        try (BrokerProcess broker = start("--in-memory");
                BrokerClient client = client(broker);
                Socket connection = connect(port(client.getSocket("stays")))) {
            long stays = client.getSocket("stays").message().getCookie();
            long former = client.getSocket("former").message().getCookie();
            int formerPort = port(client.getSocket("former"));
            expectEcho(connection, "before");
            write("[limits]\nhandlers = 7\n" + ECHO
                    + "[[task]]\nname = 'other'\ncommand = ['/bin/cat']\nmax-connections = 5\n"
                    + listener("stays", "tcp:127.0.0.1:0", "backlog = 7", "first-bytes = '5s'")
                    + listener("moves", "unix:" + home.resolve("new.sock"))
                    + listener("latter", "tcp:127.0.0.2:" + formerPort).replace("\"echo\"", "\"other\"")
                    + listener("late", "unix:" + late, "mode = '0600'"));
            Outcome reload = socketbroker(
                    "reload", "--runtime-dir", broker.runtimeDirectory().toString());
            assertThat(reload.output())
                    .contains("task other registered")
                    .contains("listener stays changed")
                    .contains("listener late made")
                    .contains("listener moves made")
                    .contains("listener latter handed over anew")
                    .contains("listener goes closed")
                    .contains("counts after a restart: limits.handlers")
                    .doesNotContain("task echo");
            assertThat(reload.status()).isZero();
            expectEcho(connection, "after");
            assertThat(client.getSocket("stays").message().getCookie()).isEqualTo(stays);
            assertThat(client.getSocket("latter").message().getCookie()).isEqualTo(former);
            assertThat(client.getSocket("latter").task()).isEqualTo("other");
            assertThat(late).exists();
            assertThat(home.resolve("new.sock")).exists();
            assertThat(home.resolve("old.sock")).doesNotExist();
            assertThat(home.resolve("goes.sock")).doesNotExist();
            try (Socket again = new Socket("127.0.0.2", formerPort)) {
                expectEcho(again, "through the same kernel socket");
            }
            write("[limits]\nhandlers = 0\n");
            Outcome wrong = socketbroker(
                    "reload", "--runtime-dir", broker.runtimeDirectory().toString());
            assertThat(wrong.status()).isEqualTo(1);
            assertThat(wrong.output()).contains(main() + ":2: handlers = 0").contains("nothing has changed");
            expectEcho(connection, "still");
            write("");
            socketbroker("reload", "--runtime-dir", broker.runtimeDirectory().toString());
            assertThat(client.listTasks()).isEmpty();
            expectEcho(connection, "a handler that runs goes on");
        }
    }

    @Test
    void shouldReloadOnASignalThatHandlersDoNotInherit() throws Exception {
        write("""
                [[task]]
                name = "masks"
                command = ["/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]
                [[listener]]
                id = "masks"
                task = "masks"
                address = "tcp:127.0.0.1:0"
                """);
        try (BrokerProcess broker = start("--in-memory");
                BrokerClient client = client(broker)) {
            try (Socket connection = connect(port(client.getSocket("masks")))) {
                assertThat(new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
            }
            dropIn("echo.toml", ECHO + listener("late", "tcp:127.0.0.1:0"));
            broker.signal("HUP");
            Awaitility.await("reload")
                    .untilAsserted(() -> assertThat(client.listSockets())
                            .extracting(BrokeredSocket::id)
                            .contains("late"));
            dropIn("wrong.toml", "[[what]]");
            broker.signal("HUP");
            broker.log().await("ERROR", "wrong.toml:1: there is no table what");
            assertThat(client.events())
                    .extracting(BrokerEvent::message)
                    .asString()
                    .contains("EVENT_TYPE_CONFIGURATION_FAILED");
            assertThat(broker.isAlive()).isTrue();
        }
    }

    @Test
    void shouldKeepTheKernelSocketsOverACrash() throws Exception {
        write(ECHO
                + listener("door", "tcp:127.0.0.1:0")
                + listener("path", "unix:" + home.resolve("s"))
                + listener("packets", "unix-seqpacket:" + home.resolve("p"), "mode = '0600'")
                + listener("datagrams", "udp:127.0.0.1:0", "keep-alive = '1h'")
                + listener("unix-datagrams", "unix-datagram:" + home.resolve("d")));
        List<Long> cookies;
        long door;
        long path;
        int port;
        try (BrokerProcess broker = start();
                BrokerClient client = client(broker)) {
            door = client.getSocket("door").message().getCookie();
            path = client.getSocket("path").message().getCookie();
            port = port(client.getSocket("door"));
            cookies = cookies(client);
            assertThat(cookies).hasSize(5);
            broker.kill();
        }
        try (Socket meanwhile = connect(port);
                BrokerProcess broker = start();
                BrokerClient client = client(broker)) {
            expectEcho(meanwhile, "the backlog has waited");
            assertThat(client.getSocket("door").message().getCookie()).isEqualTo(door);
            assertThat(client.getSocket("path").message().getCookie()).isEqualTo(path);
            assertThat(cookies(client)).isEqualTo(cookies);
            broker.stop();
        }
    }

    /** Of the listeners, without their connections. */
    private static List<Long> cookies(BrokerClient client) {
        return client.listSockets().stream()
                .filter(socket -> socket.message().getListenerId().isEmpty())
                .map(socket -> socket.message().getCookie())
                .sorted()
                .toList();
    }

    @Test
    void shouldSwapTwoNames() throws Exception {
        Path one = home.resolve("1");
        Path two = home.resolve("2");
        write(ECHO + listener("a", "unix:" + one) + listener("b", "unix:" + two));
        try (BrokerProcess broker = start("--in-memory");
                BrokerClient client = client(broker)) {
            write(ECHO + listener("a", "unix:" + two) + listener("b", "unix:" + one));
            Outcome reload = socketbroker(
                    "reload", "--runtime-dir", broker.runtimeDirectory().toString());
            assertThat(reload.status()).as(reload.output()).isZero();
            assertThat(client.getSocket("a").message().getLocal().getText()).isEqualTo("unix:" + two);
            assertThat(client.getSocket("b").message().getLocal().getText()).isEqualTo("unix:" + one);
            assertThat(one).exists();
            assertThat(two).exists();
        }
    }

    @Test
    void shouldServeAllTheSameWhenAnAddressIsTaken() throws Exception {
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        try {
            write(ECHO
                    + listener("taken", "tcp:127.0.0.1:" + taken.getLocalPort())
                    + listener("free", "tcp:127.0.0.1:0"));
            try (BrokerProcess broker = start("--in-memory");
                    BrokerClient client = client(broker)) {
                broker.log().await("ERROR", "listener taken at tcp:127.0.0.1:", "EADDRINUSE");
                assertThat(client.listSockets()).extracting(BrokeredSocket::id).containsExactly("free");
                Outcome still = socketbroker(
                        "reload", "--runtime-dir", broker.runtimeDirectory().toString());
                assertThat(still.status()).isEqualTo(1);
                assertThat(still.output()).contains("listener taken at").contains("EADDRINUSE");
                taken.close();
                assertThat(socketbroker(
                                        "reload",
                                        "--runtime-dir",
                                        broker.runtimeDirectory().toString())
                                .status())
                        .isZero();
                assertThat(client.listSockets())
                        .extracting(BrokeredSocket::id)
                        .containsExactlyInAnyOrder("free", "taken");
            }
        } finally {
            taken.close();
        }
    }

    @Test
    void shouldLeaveListenersToApplyWhichMakesEachOnce() throws Exception {
        write("[broker]\nlisteners = 'apply'\n" + ECHO + listener("door", "tcp:127.0.0.1:0")
                + listener("path", "unix:" + home.resolve("s")));
        try (BrokerProcess broker = start("--in-memory");
                BrokerClient client = client(broker)) {
            assertThat(client.listSockets()).isEmpty();
            String[] apply = {
                "apply",
                "--config",
                main().toString(),
                "--runtime-dir",
                broker.runtimeDirectory().toString()
            };
            Outcome first = socketbroker(apply);
            assertThat(first.status()).as(first.output()).isZero();
            assertThat(first.output()).contains("listener door at tcp:127.0.0.1:0 is made");
            long door = client.getSocket("door").message().getCookie();
            assertThat(socketbroker(apply).output())
                    .isEqualTo("listener door at tcp:127.0.0.1:0 is there\nlistener path at unix:" + home.resolve("s")
                            + " is there\n");
            assertThat(client.getSocket("door").message().getCookie()).isEqualTo(door);
            try (Socket connection = connect(port(client.getSocket("door")))) {
                expectEcho(connection, "made by apply");
                write("[broker]\nlisteners = 'apply'\n" + ECHO
                        + listener("door", "tcp:127.0.0.1:0", "first-bytes = '5s'"));
                assertThat(socketbroker(
                                        "reload",
                                        "--runtime-dir",
                                        broker.runtimeDirectory().toString())
                                .output())
                        .contains("listener door changed")
                        .contains("listener path closed");
                expectEcho(connection, "and changed by the broker");
            }
        }
    }

    @Test
    void shouldTellTheServiceManagerOfAReload() throws Exception {
        write(ECHO);
        try (ListeningManager manager =
                        new ListeningManager(home.resolve("notify").toString());
                BrokerProcess broker = BrokerProcess.startUnder(
                        home, home.resolve("notify"), "--config", main().toString(), "--in-memory")) {
            broker.signal("HUP");
            String next = manager.next();
            while (!next.startsWith("RELOADING=1")) {
                next = manager.next();
            }
            assertThat(next).contains("\nMONOTONIC_USEC=").contains("\nSTATUS=Reloading");
            assertThat(manager.next()).isEqualTo("READY=1\nSTATUS=Serving");
        }
    }
}
