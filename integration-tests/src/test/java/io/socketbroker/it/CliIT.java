package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The command line as an operator types it, through a launcher like bin/socketbroker with the classes under test. */
final class CliIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private static Path launcher = Path.of("/nonexistent");

    /** How a command ended, and what it said. */
    private record Outcome(int status, String output, String errors) {
        Outcome expectSuccess() {
            assertThat(status).as("%s%s", output, errors).isZero();
            assertThat(errors).isEmpty();
            return this;
        }
    }

    @BeforeAll
    static void writeLauncher() throws IOException {
        launcher = CommandLine.writeIn(broker.home());
    }

    private static Outcome run(List<String> command) throws Exception {
        Path errors = Files.createTempFile(broker.home(), "stderr", "");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        Process process = builder.start();
        process.getOutputStream().close();
        String output = process.inputReader().readAllAsString();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), output, Files.readString(errors));
    }

    /** One sub-command for the broker of the test; its words are before any "--". */
    private static Outcome socketbroker(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(words));
        int end = command.indexOf("--");
        int at = end < 0 ? command.size() : end;
        command.addAll(
                at, List.of("--runtime-dir", broker.process().runtimeDirectory().toString()));
        return run(command);
    }

    @Test
    void shouldServeNetcatThroughAListenerOfTheCommandLine() throws Exception {
        socketbroker("task", "register", "echo", "--", "/bin/cat").expectSuccess();
        Path socket = broker.home().resolve("echo.sock");
        socketbroker("listen", "--task", "echo", "--id", "front", "--accept", "per-connection", "unix:" + socket)
                .expectSuccess();
        Process netcat = new ProcessBuilder("/usr/bin/nc", "-N", "-U", socket.toString()).start();
        try (var in = netcat.outputWriter()) {
            in.write("through the command line\n");
        }
        assertThat(netcat.inputReader().readAllAsString()).isEqualTo("through the command line\n");
        assertThat(socketbroker("list").expectSuccess().output())
                .contains("front")
                .contains("echo");
        assertThat(socketbroker("show", "front", "--json").expectSuccess().output())
                .contains("\"front\"")
                .contains("LISTENER");
        assertThat(socketbroker("events").expectSuccess().output()).contains("front");
        socketbroker("close", "front").expectSuccess();
        assertThat(broker.client().socketIds()).isEmpty();
    }

    @Test
    void shouldParkAnInheritedDescriptorAndReclaimItForACommand() throws Exception {
        socketbroker(
                        "task",
                        "register",
                        "lines",
                        "--on-exit",
                        "rearm",
                        "--",
                        "/bin/sh",
                        "-c",
                        "read x; echo \"got $x\"")
                .expectSuccess();
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 1));
        int port = Link.addressOf(listener.fd()).getPort();
        Path context = Files.writeString(broker.home().resolve("context"), "what I was doing");
        String park = "exec 7<>/dev/tcp/127.0.0.1/" + port + "; exec " + launcher + " park --runtime-dir "
                + broker.process().runtimeDirectory() + " --task lines --id s --fd 7 --context-file " + context;
        run(List.of("/bin/bash", "-c", park)).expectSuccess();
        Wire peer =
                broker.closeLater(new Wire(Sockets.accept(listener.fd(), false).orElseThrow()));
        assertThat(peer.send("hello\n").readLine()).isEqualTo("got hello");
        Await.parked(broker.client(), "s");
        Path copy = broker.home().resolve("copy");
        socketbroker(
                        "reclaim",
                        "s",
                        "--fd",
                        "9",
                        "--context-file",
                        copy.toString(),
                        "--",
                        "/bin/sh",
                        "-c",
                        "echo reclaimed >&9")
                .expectSuccess();
        assertThat(peer.readLine()).isEqualTo("reclaimed");
        peer.expectEnd();
        assertThat(copy).hasContent("what I was doing");
    }

    @Test
    void shouldSayWhatIsWrongInOneLine() throws Exception {
        Outcome unknown = socketbroker("show", "nothing");
        assertThat(unknown.status()).isEqualTo(4);
        assertThat(unknown.errors().lines()).singleElement().asString().contains("nothing");
        Outcome relative = socketbroker("task", "register", "t", "--", "/no/such/program");
        assertThat(relative.status()).isEqualTo(1);
        assertThat(relative.errors().lines()).singleElement().asString().contains("/no/such/program");
        Outcome nobody = run(List.of(
                launcher.toString(),
                "list",
                "--runtime-dir",
                broker.home().resolve("nobody").toString()));
        assertThat(nobody.status()).isEqualTo(3);
        assertThat(nobody.errors().lines()).singleElement().asString().contains("nobody");
    }

    @Test
    void shouldTellTheStoryOfTheDemo() throws Exception {
        Outcome demo = run(List.of(launcher.toString(), "demo"));
        assertThat(demo.status()).as("%s%s", demo.output(), demo.errors()).isZero();
        assertThat(demo.output()).contains("checks passed").doesNotContain("FAILED");
    }
}
