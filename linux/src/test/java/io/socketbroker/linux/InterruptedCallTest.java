package io.socketbroker.linux;

import static io.socketbroker.linux.Texts.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.SpawnRequest.Mapping;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Blocked calls that a signal interrupts (EINTR). The signal is the one that java.nio keeps for this purpose: its
 * handler does nothing and was installed without SA_RESTART.
 */
final class InterruptedCallTest {

    private static final int NIO_SIGNAL = 62;
    private static final String THREAD = "blocked-call";

    private static final NativeFunction TGKILL = NativeFunction.of("tgkill", 3);

    private final Sockets.Pair pair = Sockets.pair(Sockets.SOCK_SEQPACKET);

    @BeforeAll
    static void requireHandler() throws Exception {
        SocketChannel.open().close(); // installs the handler, and keeps a descriptor of its own for good
        long caught =
                Long.parseUnsignedLong(Children.status(ProcessHandle.current().pid(), "SigCgt"), 16);
        Assumptions.assumeTrue(
                (caught & (1L << (NIO_SIGNAL - 1))) != 0, "this JVM does not handle signal " + NIO_SIGNAL);
    }

    @AfterEach
    void close() {
        pair.close();
    }

    @Test
    void shouldReturnFromEpollWithoutEvents() throws Exception {
        try (var epoll = new Epoll(1)) {
            epoll.add(pair.first().fd(), Epoll.EPOLLIN, 1);
            var call = blocked(() -> epoll.await(-1));
            interrupt();
            assertThat(call.get()).isZero();
        }
    }

    @Test
    void shouldGoOnReading() throws Exception {
        var call = blocked(() -> Io.read(pair.first().fd(), new byte[8]));
        interrupt();
        Io.write(pair.second().fd(), bytes("abc"), 0, 3);
        assertThat(call.get()).isEqualTo(3);
    }

    @Test
    void shouldGoOnReceivingDescriptors() throws Exception {
        try (var channel = new DescriptorChannel(8);
                var sender = new DescriptorChannel(8)) {
            var call = blocked(() -> channel.receiveBlocking(pair.first().fd()));
            interrupt();
            sender.send(pair.second().fd(), bytes("abc"), List.of(pair.second().fd()));
            try (var message = (Received.Message) call.get()) {
                assertThat(message.descriptors()).hasSize(1);
            }
        }
    }

    @Test
    void shouldGoOnWaitingForAChild() throws Exception {
        try (var pipe = Pipes.create()) {
            var process = Spawner.spawn(
                    Children.cat(List.of(new Mapping(pipe.readEnd().fd(), 0))));
            try (var pidfd = process.pidfd()) {
                var call = blocked(() -> PidFd.waitFor(pidfd.fd(), true));
                interrupt();
                pipe.writeEnd().close();
                assertThat(call.get()).contains(new ExitStatus.Exited(0));
            }
        }
    }

    @Test
    void shouldGoOnConnectingToAFullUnixListener(@TempDir Path directory) throws Exception {
        var path = directory.resolve("full.sock");
        try (var listener = Sockets.listenUnix(path, Sockets.SOCK_STREAM, 0);
                var first = Sockets.connectUnix(path, Sockets.SOCK_STREAM)) {
            var call = blocked(() -> Sockets.connectUnix(path, Sockets.SOCK_STREAM));
            interrupt();
            Sockets.accept(listener.fd(), false).orElseThrow().close();
            try (var second = call.get()) {
                assertThat(second.number()).isNotEqualTo(first.number());
                assertThat(Sockets.peerEndpoint(second.fd())).contains(new Endpoint.UnixPath(path.toString()));
            }
        }
    }

    @Test
    void shouldGoOnAccepting() throws Exception {
        try (var listener = Sockets.listenTcp(Failures.LOOPBACK_4, 4)) {
            var call = blocked(() -> Sockets.accept(listener.fd(), false).orElseThrow());
            interrupt();
            try (var client = Sockets.connectTcp(Failures.local(listener));
                    var server = call.get()) {
                assertThat(Sockets.peerEndpoint(server.fd())).isEqualTo(Sockets.localEndpoint(client.fd()));
            }
        }
    }

    @Test
    void shouldGoOnConnectingToAFullTcpListener() throws Exception {
        try (var listener = Sockets.listenTcp(Failures.LOOPBACK_4, 0);
                var first = Sockets.connectTcp(Failures.local(listener))) {
            // The backlog is full now, so the SYN is dropped and sent again after a second.
            var call = blocked(() -> Sockets.connectTcp(Failures.local(listener)));
            interrupt();
            Sockets.accept(listener.fd(), false).orElseThrow().close();
            try (var second = call.get()) {
                assertThat(SocketOptions.tcpState(second.fd())).isEqualTo(TcpState.ESTABLISHED.code());
                assertThat(second.number()).isNotEqualTo(first.number());
            }
        }
    }

    /** Runs a call on a thread of its own and returns when the thread waits in the kernel. */
    private static <T> FutureTask<T> blocked(Callable<T> call) {
        var task = new FutureTask<T>(call);
        var thread = Thread.ofPlatform().name(THREAD).daemon().start(task);
        // /proc entries may not be there yet. RUNNABLE for Java but asleep for the kernel: it is inside the call.
        await().ignoreExceptions()
                .until(() -> thread.getState() == Thread.State.RUNNABLE
                        && Children.status("self/task/" + threadId(), "State").startsWith("S"));
        return task;
    }

    /** Sends the signal and returns when the thread has run because of it. */
    private static void interrupt() throws IOException {
        int thread = threadId();
        var before = switches(thread);
        int pid = Math.toIntExact(ProcessHandle.current().pid());
        assertThat(TGKILL.call(pid, thread, NIO_SIGNAL)).isZero();
        await().ignoreExceptions()
                .until(() -> threadId() != thread || !switches(thread).equals(before));
    }

    /** How often the thread went to sleep. */
    private static String switches(int thread) throws IOException {
        return Children.status("self/task/" + thread, "voluntary_ctxt_switches");
    }

    /** The kernel's number of the blocked thread, -1 if there is none. */
    private static int threadId() throws IOException {
        try (var tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                if (Files.readString(task.resolve("comm")).strip().equals(THREAD)) {
                    return Integer.parseInt(task.getFileName().toString());
                }
            }
        }
        return -1;
    }
}
