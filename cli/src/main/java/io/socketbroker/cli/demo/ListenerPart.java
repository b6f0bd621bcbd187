package io.socketbroker.cli.demo;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.BrokerException;
import io.socketbroker.client.TaskDefinition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Part 2: a listener without a process, and /bin/cat for each connection. */
final class ListenerPart {

    private static final String ID = "echo";

    private final Story story;
    private final PrivateBroker broker;
    private final BrokerClient client;
    private final List<String> launcher;

    ListenerPart(Story story, PrivateBroker broker, BrokerClient client, List<String> launcher) {
        this.story = story;
        this.broker = broker;
        this.client = client;
        this.launcher = launcher;
    }

    void tell() throws IOException {
        story.chapter(
                "a listener and /bin/cat", "2. A listener without a server process, and /bin/cat for each connection");
        client.registerTask(TaskDefinition.of("echo", "/bin/cat"));
        var command = CommandLines.append(
                launcher,
                "listen",
                "--runtime-dir",
                broker.runtimeDirectory().toString(),
                "--task",
                "echo",
                "--id",
                ID,
                "tcp:127.0.0.1:0");
        story.tell("socketbroker listen --task echo --id " + ID + " tcp:127.0.0.1:0");
        var listen = JavaProgram.run(command);
        boolean gone = Waiting.untilGone(listen.pid());
        int port = CommandLines.port(client.getSocket(ID).localAddress());
        var kernel = KernelView.tcp(port, 0);
        long vault = client.custody(true).message().getCustodyPid();
        story.check(
                "the listener waits in the broker",
                gone
                        && kernel.map(KernelView.Entry::state).orElse("").equals("LISTEN")
                        && kernel.map(KernelView::holders).orElseThrow().equals(Set.of(broker.pid(), vault)),
                "port " + port + " is " + kernel.map(KernelView.Entry::state).orElse("absent") + ", pid " + listen.pid()
                        + (gone ? " is gone" : " is still there"));
        var first = connection("first", port);
        var second = connection("second", port);
        story.check("each connection has a cat of its own", !first.equals(second), "pids " + first + " and " + second);
        die(port);
        client.closeSocket(ID);
        story.check("the listener is closed", KernelView.tcp(port, 0).isEmpty(), "port " + port + " is free");
    }

    private static SortedSet<Long> holders(int port, Socket socket) {
        return KernelView.tcp(port, socket.getLocalPort())
                .map(KernelView::holders)
                .orElseGet(TreeSet::new);
    }

    /** Who connects while there is no broker waits for the next one. */
    private void die(int port) throws IOException {
        long vault = client.custody(true).message().getCustodyPid();
        story.tell("kill -9 " + broker.pid());
        broker.kill();
        var kernel = KernelView.tcp(port, 0);
        story.check(
                "the listener outlives its broker in the vault",
                kernel.map(KernelView.Entry::state).orElse("").equals("LISTEN")
                        && kernel.map(KernelView::holders).orElseThrow().equals(Set.of(vault)),
                "port " + port + " is " + kernel.map(KernelView.Entry::state).orElse("absent")
                        + ", open in the vault's pid " + vault);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) Waiting.BOUND.toMillis());
            var text = "is anybody there?\n".getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream().write(text);
            broker.startAgain();
            var echoed = socket.getInputStream().readNBytes(text.length);
            story.check(
                    "the next broker serves who connected meanwhile",
                    Arrays.equals(text, echoed),
                    "pid " + broker.pid() + ", " + broker.startMillis() + " ms from its start");
        }
        story.check(
                "the client is connected again by itself", Waiting.until(this::answers), "without a word from here");
    }

    private boolean answers() {
        try {
            return client.getSocket(ID).id().equals(ID);
        } catch (BrokerException e) {
            return false;
        }
    }

    /** Gives the pids of the programs that served it. */
    private SortedSet<Long> connection(String which, int port) throws IOException {
        long start = System.nanoTime();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) Waiting.BOUND.toMillis());
            var text = ("hello from the " + which + " connection\n").getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream().write(text);
            var echoed = socket.getInputStream().readNBytes(text.length);
            long millis = Story.millisSince(start);
            story.wake(millis);
            story.check(
                    "the " + which + " connection is echoed to the byte",
                    Arrays.equals(text, echoed),
                    echoed.length + " bytes, " + millis + " ms from connect");
            // Broker and vault let go of it in the moment of the launch.
            Waiting.until(() -> holders(port, socket).size() == 1);
            var holders = holders(port, socket);
            var program = holders.isEmpty() ? "nobody" : KernelView.program(holders.first());
            story.check(
                    "an unmodified program serves it, alone",
                    holders.size() == 1 && program.equals("cat"),
                    "pid " + holders + " is " + program);
            socket.shutdownOutput();
            boolean ended = socket.getInputStream().read() < 0;
            boolean gone = holders.stream().allMatch(Waiting::untilGone);
            story.check(
                    "it ends with its connection", ended && gone, "the end is read, and pid " + holders + " is gone");
            return holders;
        }
    }
}
