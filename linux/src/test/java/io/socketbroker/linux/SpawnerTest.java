package io.socketbroker.linux;

import static io.socketbroker.linux.Children.assertEndsWell;
import static io.socketbroker.linux.Texts.bytes;
import static io.socketbroker.linux.Texts.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.SpawnRequest.Mapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpawnerTest {

    private static final String NO_SIGNAL = "0000000000000000";

    private final Pipes.Pipe input = Pipes.create();
    private final Pipes.Pipe output = Pipes.create();
    private final Mapping stdin = new Mapping(input.readEnd().fd(), 0);
    private final Mapping stdout = new Mapping(output.writeEnd().fd(), 1);

    @AfterEach
    void close() {
        input.close();
        output.close();
    }

    private void letCatEnd(SpawnedProcess process) {
        input.writeEnd().close();
        assertEndsWell(process);
    }

    @Test
    void shouldConnectTheChild() {
        var process = Spawner.spawn(Children.cat(List.of(stdin, stdout)));
        Io.write(input.writeEnd().fd(), bytes("hello"), 0, 5);
        var buffer = new byte[10];
        assertThat(Io.read(output.readEnd().fd(), buffer)).isEqualTo(5);
        assertThat(text(buffer, 5)).isEqualTo("hello");
        letCatEnd(process);
    }

    @Test
    void shouldGiveTheChildExactlyItsDescriptors() {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM);
                var inherited = pair.second().duplicate()) {
            DescriptorFlags.setCloseOnExec(inherited.fd(), false);
            var process = Spawner.spawn(
                    Children.cat(List.of(stdin, stdout, new Mapping(pair.first().fd(), 3))));
            var own = OpenDescriptors.ofThisProcess();
            assertThat(Children.descriptors(process.pid()))
                    .hasSize(4)
                    .containsEntry(0, target(input.readEnd()))
                    .containsEntry(1, target(output.writeEnd()))
                    .containsEntry(2, own.getOrDefault(2, "closed"))
                    .containsEntry(3, target(pair.first()));
            letCatEnd(process);
        }
    }

    @Test
    void shouldCloseTheGapsBelowTheHighestTarget() {
        try (var high = input.readEnd().duplicateAtOrAbove(20)) {
            DescriptorFlags.setCloseOnExec(high.fd(), false);
            var process = Spawner.spawn(Children.cat(
                    List.of(stdin, stdout, new Mapping(input.readEnd().fd(), 40))));
            assertThat(Children.descriptors(process.pid()).keySet()).containsExactly(0, 1, 2, 40);
            letCatEnd(process);
        }
    }

    @Test
    void shouldPassFiftyDescriptorsInOrder() {
        var pairs = new ArrayList<Sockets.Pair>();
        var mappings = new ArrayList<>(List.of(stdin, stdout));
        var expected = new TreeMap<Integer, String>();
        for (int i = 0; i < 50; i++) {
            pairs.add(Sockets.pair(Sockets.SOCK_STREAM));
            mappings.add(new Mapping(pairs.get(i).first().fd(), 3 + i));
            expected.put(3 + i, target(pairs.get(i).first()));
        }
        var process = Spawner.spawn(Children.cat(mappings));
        assertThat(Children.descriptors(process.pid()).tailMap(3)).isEqualTo(expected);
        letCatEnd(process);
        pairs.forEach(Sockets.Pair::close);
    }

    @Test
    void shouldUntangleSourcesAndTargets() {
        // Three descriptors move round in a circle, one stays on its own number.
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM);
                var other = Sockets.pair(Sockets.SOCK_STREAM)) {
            var a = pair.first();
            var b = pair.second();
            var c = other.first();
            var same = other.second();
            var process = Spawner.spawn(Children.cat(List.of(
                    stdin,
                    stdout,
                    new Mapping(a.fd(), b.number()),
                    new Mapping(b.fd(), c.number()),
                    new Mapping(c.fd(), a.number()),
                    new Mapping(same.fd(), same.number()))));
            var seen = Children.descriptors(process.pid());
            assertThat(seen)
                    .hasSize(7)
                    .containsEntry(b.number(), target(a))
                    .containsEntry(c.number(), target(b))
                    .containsEntry(a.number(), target(c))
                    .containsEntry(same.number(), target(same));
            letCatEnd(process);
        }
    }

    @Test
    void shouldPassOneDescriptorTwice() {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM)) {
            var process = Spawner.spawn(Children.cat(List.of(
                    new Mapping(pair.first().fd(), 1), new Mapping(pair.first().fd(), 0))));
            Io.write(pair.second().fd(), bytes("inetd"), 0, 5);
            var buffer = new byte[10];
            assertThat(Io.read(pair.second().fd(), buffer)).isEqualTo(5);
            Sockets.shutdown(pair.second().fd(), Sockets.SHUT_WR);
            assertEndsWell(process);
        }
    }

    @Test
    void shouldClearTheSignalMask() throws Exception {
        assertThat(Children.ownMask())
                .as("the JVM blocks signals itself, or this test shows nothing")
                .isNotEqualTo(NO_SIGNAL);
        var process = Spawner.spawn(Children.cat(List.of(stdin, stdout)));
        assertThat(Children.status(process.pid(), "SigBlk")).isEqualTo(NO_SIGNAL);
        assertThat(Children.status(process.pid(), "SigIgn")).isEqualTo(NO_SIGNAL);
        letCatEnd(process);
    }

    @Test
    void shouldResetIgnoredSignals() throws Exception {
        var command = ForkedJvm.command(IgnoringMain.class, List.of());
        assertThat(ForkedJvm.run(ForkedJvm.underIgnoringShell(command)))
                .containsExactly("own SigIgn zero: false", "child SigIgn zero: true", "exit 0");
    }

    /** Spawns while some signals are ignored. */
    static final class IgnoringMain {
        private IgnoringMain() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println(
                    "own SigIgn zero: " + ignoresNothing(ProcessHandle.current().pid()));
            try (var pipe = Pipes.create()) {
                var process = Spawner.spawn(
                        Children.cat(List.of(new Mapping(pipe.readEnd().fd(), 0))));
                System.out.println("child SigIgn zero: " + ignoresNothing(process.pid()));
                pipe.writeEnd().close();
                System.out.println(PidFd.waitFor(process.pidfd().fd(), true).orElseThrow());
            }
        }

        private static boolean ignoresNothing(long pid) throws Exception {
            return Children.status(pid, "SigIgn").equals(NO_SIGNAL);
        }
    }

    @Test
    void shouldStartANewSessionIfAsked() throws Exception {
        var cat = Children.cat(List.of(stdin, stdout));
        var own = Spawner.spawn(new SpawnRequest(
                cat.program(), cat.arguments(), cat.environment(), cat.descriptors(), Optional.empty(), true));
        var shared = Spawner.spawn(cat);
        assertThat(Children.stat(own.pid(), 6)).isEqualTo(Integer.toString(own.pid()));
        assertThat(Children.stat(shared.pid(), 6))
                .isEqualTo(Children.stat(ProcessHandle.current().pid(), 6));
        letCatEnd(own);
        assertEndsWell(shared);
    }

    @Test
    void shouldPassArgumentsEnvironmentAndDirectory(@TempDir Path directory) throws Exception {
        var folder = Files.createDirectory(directory.resolve("work dir"));
        var process = Spawner.spawn(new SpawnRequest(
                "/bin/cat",
                List.of("my name", "-", "-u"),
                Map.of("NAME", "value = 1", "EMPTY", "", "UTF", "\u00fc\u20ac"),
                List.of(stdin, stdout),
                Optional.of(folder.toString()),
                false));
        assertThat(Children.strings(process.pid(), "cmdline")).containsExactly("my name", "-", "-u");
        assertThat(Children.strings(process.pid(), "environ"))
                .containsExactlyInAnyOrder("NAME=value = 1", "EMPTY=", "UTF=\u00fc\u20ac");
        assertThat(Files.readSymbolicLink(Path.of("/proc", Integer.toString(process.pid()), "cwd")))
                .isEqualTo(folder.toRealPath());
        letCatEnd(process);
    }

    @Test
    void shouldOwnAPidfdThatTellsTheEnd() {
        var process = Spawner.spawn(Children.cat(List.of(stdin, stdout)));
        try (var epoll = new Epoll(1)) {
            assertThat(DescriptorFlags.isCloseOnExec(process.pidfd().fd())).isTrue();
            epoll.add(process.pidfd().fd(), Epoll.EPOLLIN, 1);
            assertThat(epoll.await(0)).isZero();
            input.writeEnd().close();
            assertThat(epoll.await(5000)).isEqualTo(1);
        }
        assertEndsWell(process);
    }

    private static String target(OwnedFd owned) {
        return OpenDescriptors.ofThisProcess().getOrDefault(owned.number(), "closed");
    }
}
