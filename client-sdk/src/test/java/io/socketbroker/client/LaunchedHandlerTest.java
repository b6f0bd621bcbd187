package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.SpawnRequest;
import io.socketbroker.linux.Spawner;
import io.socketbroker.v1.ActivatedSocket;
import io.socketbroker.v1.Activation;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchedHandlerTest {

    @Test
    void shouldServeAnInheritedSocketWithoutLoadingGrpcOrNetty(@TempDir Path directory) throws IOException {
        int openBefore = OwnedFd.openCount();
        var log = directory.resolve("classes.log");
        try (var server = new FakeFdServer(directory.resolve("fd.sock"));
                var connection = Connection.open()) {
            var environment = HandlerEnvironmentTest.complete("socket");
            environment.put("SOCKETBROKER_RUNTIME_DIR", directory.toString());
            server.claimables.put(
                    ByteString.copyFrom(HexFormat.of().parseHex(environment.get("SOCKETBROKER_TOKEN"))),
                    new FakeFdServer.Claimable(activation(), List.of()));
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            var handler = Spawner.spawn(new SpawnRequest(
                    java,
                    List.of(
                            java,
                            "-Xshare:auto",
                            "-XX:TieredStopAtLevel=1",
                            "--enable-native-access=ALL-UNNAMED",
                            "-Xlog:class+load:file=" + log,
                            "-cp",
                            System.getProperty("java.class.path"),
                            EchoHandlerProgram.class.getName()),
                    environment,
                    List.of(
                            new SpawnRequest.Mapping(connection.near().fd(), 0),
                            new SpawnRequest.Mapping(connection.near().fd(), 1),
                            new SpawnRequest.Mapping(Fd.STDERR, 2)),
                    Optional.empty(),
                    true));
            try (var pidfd = handler.pidfd()) {
                connection.near().close();
                Connection.requireFlow(connection.far(), connection.far(), "echo");
                Awaitility.await()
                        .until(() -> PidFd.waitFor(pidfd.fd(), false)
                                .filter(status -> status.isSuccess())
                                .isPresent());
            }
            assertThat(server.completions.remove().getCompletions(0).getOutcome())
                    .isEqualTo(LeaseOutcome.LEASE_OUTCOME_RETURNED);
        }
        assertThat(Files.readAllLines(log))
                .anyMatch(line -> line.contains("io.socketbroker.client.ActivationContext "))
                .noneMatch(line -> line.contains(" io.grpc.") || line.contains(" io.netty."));
        Awaitility.await().until(() -> OwnedFd.openCount() == openBefore);
    }

    private static Activation activation() {
        return Activation.newBuilder()
                .addSockets(ActivatedSocket.newBuilder()
                        .setSocket(Socket.newBuilder()
                                .setKey(SocketKey.newBuilder().setSocketId("one"))))
                .build();
    }
}
