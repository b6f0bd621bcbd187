package io.socketbroker.cli.demo;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.TaskDefinition;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.SocketState;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** Part 3: a UDP socket that wakes a handler for each datagram. */
final class DatagramPart {

    private static final String ID = "datagrams";

    private final Story story;
    private final PrivateBroker broker;
    private final BrokerClient client;
    private final List<String> launcher;

    DatagramPart(Story story, PrivateBroker broker, BrokerClient client, List<String> launcher) {
        this.story = story;
        this.broker = broker;
        this.client = client;
        this.launcher = launcher;
    }

    void tell() throws IOException {
        story.chapter("a UDP socket", "3. A UDP socket without a server process");
        client.registerTask(TaskDefinition.ofCommand("datagrams", JavaProgram.command(DatagramHandler.class))
                .withExitPolicy(ExitAction.EXIT_ACTION_REARM, ExitAction.EXIT_ACTION_RETRY));
        story.tell("socketbroker listen --task datagrams --id " + ID + " udp:127.0.0.1:0");
        var listen = JavaProgram.run(CommandLines.append(
                launcher,
                "listen",
                "--runtime-dir",
                broker.runtimeDirectory().toString(),
                "--task",
                "datagrams",
                "--id",
                ID,
                "udp:127.0.0.1:0"));
        var socket = client.getSocket(ID);
        int port = CommandLines.port(socket.localAddress());
        var holders = KernelView.udp(port).map(KernelView::holders).orElseThrow();
        long vault = client.custody(true).message().getCustodyPid();
        story.check(
                "the socket waits in the broker and its vault",
                Waiting.untilGone(listen.pid()) && holders.equals(Set.of(broker.pid(), vault)),
                "port " + port + " is open in pid " + holders + " only");
        var cookie = Long.toUnsignedString(socket.cookie());
        try (var peer = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            peer.setSoTimeout((int) Waiting.BOUND.toMillis());
            var first = served("first", ask(peer, port, "ping"), cookie);
            var second = served("second", ask(peer, port, "pong"), cookie);
            story.check("each wake has a process of its own", first != second, "pids " + first + ", " + second);
        }
        client.closeSocket(ID);
    }

    private static Answer ask(DatagramSocket peer, int port, String message) throws IOException {
        long start = System.nanoTime();
        var bytes = message.getBytes(StandardCharsets.UTF_8);
        peer.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
        var packet = new DatagramPacket(new byte[2048], 2048);
        peer.receive(packet);
        var text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
        return new Answer(text, Story.millisSince(start));
    }

    private long served(String which, Answer answer, String cookie) {
        story.wake(answer.millis());
        story.check(
                "the " + which + " datagram launches a handler, which answers",
                answer.pid() > 0 && answer.value("cookie").equals(cookie),
                "pid " + answer.pid() + " answered '" + answer.value("message") + "' on SO_COOKIE "
                        + answer.value("cookie") + " after " + answer.millis() + " ms");
        boolean gone = Waiting.untilGone(answer.pid());
        boolean parked = Waiting.until(() -> client.getSocket(ID).state() == SocketState.SOCKET_STATE_PARKED);
        story.check(
                "the " + which + " handler gives the socket back",
                gone && parked,
                "pid " + answer.pid() + (gone ? " is gone" : " is still there") + ", socket is "
                        + (parked ? "parked" : "not parked"));
        return answer.pid();
    }
}
