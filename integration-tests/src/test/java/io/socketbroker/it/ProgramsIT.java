package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.TaskSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Programs that know nothing of the broker, as Debian has them. */
final class ProgramsIT {
    private static final Path GIT = Path.of("/usr/bin/git");
    private static final long PATIENCE_SECONDS = 30;

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    @TempDir
    private Path folder;

    private ProtocolClient client;

    @BeforeEach
    void connect() {
        client = broker.client();
    }

    private InetSocketAddress listen(TaskSpec spec, AcceptMode mode) {
        client.register("program", spec);
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 64));
        InetSocketAddress address = Link.addressOf(listener.fd());
        client.park(
                listener,
                ProtocolClient.item("program", "listener")
                        .setOptions(SocketOptions.newBuilder().setAcceptMode(mode)));
        return address;
    }

    /** Bytes that no text has, always the same ones. */
    private static byte[] data(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private void awaitNoHandler() {
        Awaitility.await("the program ends")
                .untilAsserted(
                        () -> assertThat(client.task("program").getRunning()).isZero());
    }

    @Test
    void shouldCarryEveryByteThroughCat() {
        var address = listen(Specs.command("/bin/cat"), AcceptMode.ACCEPT_MODE_PER_CONNECTION);
        Wire connection = broker.closeLater(new Wire(Sockets.connectTcp(address)));
        byte[] all = data(1 << 20);
        for (int sent = 0; sent < all.length; sent += 1 << 16) {
            byte[] piece = Arrays.copyOfRange(all, sent, sent + (1 << 16));
            connection.send(piece);
            assertThat(connection.readBytes(piece.length)).isEqualTo(piece);
        }
        connection.finish();
        connection.expectEnd();
        awaitNoHandler();
        assertThat(client.task("program").getFailures()).isZero();
    }

    @Test
    void shouldWakeCatForAParkedConnection() {
        client.register("program", Specs.command("/bin/cat"));
        Link link = broker.link();
        client.park(link.mine(), "program", "parked");
        assertThat(link.peer().send("hello\n").readLine()).isEqualTo("hello");
        link.peer().finish();
        link.peer().expectEnd();
        awaitNoHandler();
    }

    private static byte[] get(HttpClient browser, InetSocketAddress address, String path)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + "/" + path))
                .build();
        HttpResponse<byte[]> response = browser.send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    @Test
    void shouldGiveItsListenerToAWebServer() throws IOException, InterruptedException {
        byte[] file = data(300_000);
        Files.write(folder.resolve("file.bin"), file);
        Path script = Scripts.copy("http_fds.py", broker.home());
        var address = listen(
                Specs.command(
                                LaunchStyle.LAUNCH_STYLE_LISTEN_FDS,
                                List.of(Puppets.PYTHON, script.toString(), folder.toString()))
                        .build(),
                AcceptMode.ACCEPT_MODE_LISTENER);
        try (HttpClient browser =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int visit = 1; visit <= 2; visit++) {
                for (int request = 0; request < 20; request++) {
                    assertThat(get(browser, address, "file.bin")).isEqualTo(file);
                }
                assertThat(new String(get(browser, address, ""), StandardCharsets.UTF_8))
                        .contains("file.bin");
                assertThat(client.task("program").getLaunches())
                        .as("one server for all requests of visit %d", visit)
                        .isEqualTo(visit);
                awaitNoHandler();
                Await.parked(client, "listener");
            }
        }
        assertThat(client.task("program").getFailures()).isZero();
    }

    /** What git says on its standard output; it must succeed. */
    private String git(Path directory, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(GIT.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        Path errors = folder.resolve("errors");
        builder.redirectError(errors.toFile());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
        Process process = builder.start();
        process.getOutputStream().close();
        String output = process.inputReader().readAllAsString();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as("%s: %s", command, Files.readString(errors))
                .isZero();
        return output.strip();
    }

    /** A bare repository with one commit of one file. */
    private void repository(byte[] file) throws IOException, InterruptedException {
        Path work = Files.createDirectory(folder.resolve("work"));
        git(work, "init", "-q", "-b", "main");
        Files.write(work.resolve("file.bin"), file);
        git(work, "add", "file.bin");
        git(work, "-c", "user.name=Test", "-c", "user.email=test@localhost", "commit", "-q", "-m", "one");
        git(folder, "clone", "-q", "--bare", "work", "project.git");
    }

    @Test
    void shouldServeARepositoryWithGitDaemon() throws IOException, InterruptedException {
        assertThat(GIT).as("Debian's git").exists();
        byte[] file = data(1 << 20);
        repository(file);
        var address = listen(
                Specs.command(
                        GIT.toString(),
                        "daemon",
                        "--inetd",
                        "--export-all",
                        "--base-path=" + folder,
                        folder.toString()),
                AcceptMode.ACCEPT_MODE_PER_CONNECTION);
        String url = "git://127.0.0.1:" + address.getPort() + "/project.git";
        String head = git(folder.resolve("work"), "rev-parse", "HEAD");
        for (int visit = 0; visit < 3; visit++) {
            assertThat(git(folder, "ls-remote", url).lines()).contains(head + "\trefs/heads/main");
        }
        git(folder, "clone", "-q", url, "clone");
        assertThat(Files.readAllBytes(folder.resolve("clone").resolve("file.bin")))
                .isEqualTo(file);
        assertThat(git(folder.resolve("clone"), "rev-parse", "HEAD")).isEqualTo(head);
        awaitNoHandler();
        assertThat(client.task("program").getLaunches()).isEqualTo(4);
        assertThat(client.task("program").getFailures()).isZero();
    }
}
