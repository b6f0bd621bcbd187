package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.ExitStatus;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.linux.SpawnRequest;
import io.socketbroker.linux.Spawner;
import io.socketbroker.v1.ActivatedSocket;
import io.socketbroker.v1.Activation;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchedHandlerTest {

    private static List<String> java(String... arguments) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return Stream.concat(
                        Stream.of(
                                java,
                                "-Xshare:auto",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path")),
                        Stream.of(arguments))
                .toList();
    }

    /** Runs a program to its end, on a connection that has the bytes "echo", and gives what it completed. */
    private static List<LeaseCompletion> run(Path directory, ExitStatus expected, String answer, String... arguments)
            throws IOException {
        int openBefore = OwnedFd.openCount();
        List<LeaseCompletion> completions;
        try (var server = new FakeFdServer(directory.resolve("fd.sock"));
                var connection = Connection.open()) {
            send(connection.far(), "echo");
            var environment = HandlerEnvironmentTest.complete("socket");
            environment.put("SOCKETBROKER_RUNTIME_DIR", directory.toString());
            server.claimables.put(SessionHarness.TOKEN, new FakeFdServer.Claimable(activation(), List.of()));
            var command = java(arguments);
            var handler = Spawner.spawn(new SpawnRequest(
                    command.getFirst(),
                    command,
                    environment,
                    List.of(
                            new SpawnRequest.Mapping(connection.near().fd(), 0),
                            new SpawnRequest.Mapping(connection.near().fd(), 1),
                            new SpawnRequest.Mapping(Fd.STDERR, 2)),
                    Optional.empty(),
                    true));
            try (var pidfd = handler.pidfd()) {
                connection.near().close();
                expect(connection.far(), answer);
                var ended = Awaitility.await()
                        .atMost(20, TimeUnit.SECONDS)
                        .until(() -> PidFd.waitFor(pidfd.fd(), false), Optional::isPresent);
                assertThat(ended).contains(expected);
            }
            completions = server.completions.stream()
                    .flatMap(request -> request.getCompletionsList().stream())
                    .toList();
        }
        Awaitility.await().until(() -> OwnedFd.openCount() == openBefore);
        return completions;
    }

    @ParameterizedTest
    @ValueSource(classes = {EchoHandlerProgram.class, SocketHandlerProgram.class})
    void shouldServeAnInheritedSocketWithoutLoadingGrpcOrNetty(Class<?> program, @TempDir Path directory)
            throws IOException {
        var log = directory.resolve("classes.log");
        var completions =
                run(directory, new ExitStatus.Exited(0), "echo", "-Xlog:class+load:file=" + log, program.getName());
        assertThat(completions).singleElement().matches(end -> end.getOutcome() == LeaseOutcome.LEASE_OUTCOME_RETURNED);
        assertThat(Files.readAllLines(log))
                .anyMatch(line -> line.contains("io.socketbroker.client.ActivationContext "))
                .noneMatch(line -> line.contains(" io.grpc.") || line.contains(" io.netty."));
    }

    @Test
    void shouldEndWithAnotherStatusAfterAFailure(@TempDir Path directory) throws IOException {
        var completions = run(directory, new ExitStatus.Exited(1), "", SocketHandlerProgram.class.getName(), "fail");
        assertThat(completions).isEmpty();
    }

    /** The example of the documents, launched from its source as its first lines say. */
    @Test
    void shouldStayForMoreWorkAndEndWithSuccess(@TempDir Path directory) throws IOException, InterruptedException {
        try (var harness = new SessionHarness(directory)) {
            var first = harness.connection();
            harness.broker.launch(List.of(first.near()));
            send(first.far(), "one\n");
            var builder = new ProcessBuilder(java(Path.of("..", "examples", "java", "LingeringEcho.java")
                            .toString()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().clear();
            builder.environment().putAll(harness.environment("claim", Duration.ofSeconds(3)));
            var process = builder.start();
            try {
                var told = "one (process " + process.pid() + ", work 1)\n";
                expect(first.far(), told);
                Awaitility.await().until(harness.broker::isAttached);
                var second = harness.connection();
                send(second.far(), "two\n");
                harness.broker.deliver(List.of(second.near()));
                told = "two (process " + process.pid() + ", work 2)\n";
                expect(second.far(), told);
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isZero();
            } finally {
                process.destroyForcibly();
            }
            assertThat(harness.broker.fds.ends())
                    .hasSize(2)
                    .allMatch(end -> end.getOutcome() == LeaseOutcome.LEASE_OUTCOME_RETURNED);
        }
    }

    /** Waits long enough for a JVM that compiles its program first. */
    private static void expect(OwnedFd far, String text) {
        if (!text.isEmpty()) {
            Awaitility.await()
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> Sockets.peek(far.fd(), new byte[text.length()]) == text.length());
            assertThat(Connection.receive(far, text.length())).isEqualTo(text);
        }
    }

    private static void send(OwnedFd to, String text) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(Sockets.send(to.fd(), bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }

    private static Activation activation() {
        return Activation.newBuilder()
                .addSockets(ActivatedSocket.newBuilder()
                        .setSocket(Socket.newBuilder()
                                .setKey(SocketKey.newBuilder().setSocketId("one"))))
                .build();
    }
}
