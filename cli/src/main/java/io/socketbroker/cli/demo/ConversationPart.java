package io.socketbroker.cli.demo;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.TaskDefinition;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SocketState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Part 1: a TCP connection outlives the program that opened it, and wakes a handler twice. */
final class ConversationPart {

    private static final String ID = "conversation-1";

    private final Story story;
    private final PrivateBroker broker;
    private final BrokerClient client;

    ConversationPart(Story story, PrivateBroker broker, BrokerClient client) {
        this.story = story;
        this.broker = broker;
        this.client = client;
    }

    void tell() throws IOException {
        story.chapter("a TCP connection", "1. A TCP connection outlives the program that opened it");
        client.registerTask(
                TaskDefinition.ofCommand(ParkingProgram.TASK, JavaProgram.command(ConversationHandler.class))
                        .withStyle(LaunchStyle.LAUNCH_STYLE_CLAIM)
                        .withExitPolicy(ExitAction.EXIT_ACTION_CLOSE, ExitAction.EXIT_ACTION_RETRY));
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout((int) Waiting.BOUND.toMillis());
            story.tell("a server listens on port " + server.getLocalPort() + "; a program connects to it");
            var program = JavaProgram.run(JavaProgram.command(
                    ParkingProgram.class,
                    broker.runtimeDirectory().toString(),
                    Integer.toString(server.getLocalPort()),
                    ID));
            try (var peer = server.accept()) {
                peer.setSoTimeout((int) Waiting.BOUND.toMillis());
                parked(program, server.getLocalPort());
                wakes(program, peer);
            }
        }
    }

    private void parked(JavaProgram.Ended program, int serverPort) {
        boolean gone = Waiting.untilGone(program.pid());
        story.check(
                "the program parks it with a context and exits",
                gone && program.exitCode() == 0,
                "pid " + program.pid() + (gone ? " is gone" : " is still there") + " after " + program.millis()
                        + " ms");
        int port = Integer.parseInt(program.value("port"));
        var kernel = KernelView.tcp(port, serverPort);
        var state = kernel.map(KernelView.Entry::state).orElse("absent");
        story.check(
                "the connection lives",
                state.equals("ESTABLISHED"),
                "/proc/net/tcp says port " + port + " to " + serverPort + " is " + state);
        var holders = kernel.map(KernelView::holders).orElseThrow(() -> new IllegalStateException("no connection"));
        long vault = client.custody(true).message().getCustodyPid();
        story.check(
                "only the broker and its vault hold it",
                holders.equals(Set.of(broker.pid(), vault)),
                "open in pid " + holders + ", the broker is " + broker.pid() + ", the vault " + vault);
        var socket = client.getSocket(ID);
        story.check(
                "the broker has the very socket",
                Long.toUnsignedString(socket.cookie()).equals(program.value("cookie")),
                "SO_COOKIE " + program.value("cookie") + " in the program, " + Long.toUnsignedString(socket.cookie())
                        + " in the broker");
    }

    private void wakes(JavaProgram.Ended program, Socket peer) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8));
        story.tell("the server sends a line; no program of the conversation runs now");
        var first = ask(peer, reader, "one");
        served("first", first, program.value("cookie"), ParkingProgram.CONTEXT);
        story.tell("the server sends another line");
        var second = ask(peer, reader, "two");
        served("second", second, program.value("cookie"), "messages=1");
        story.check(
                "each wake has a process of its own",
                first.pid() != second.pid() && first.pid() != program.pid(),
                "pids " + program.pid() + ", " + first.pid() + ", " + second.pid());
        client.closeSocket(ID);
        boolean ended = reader.readLine() == null;
        story.check("the broker closes it when told to", ended, ended ? "the server reads the end" : "no end");
    }

    private static Answer ask(Socket peer, BufferedReader reader, String message) throws IOException {
        long start = System.nanoTime();
        peer.getOutputStream().write((message + "\n").getBytes(StandardCharsets.UTF_8));
        var line = reader.readLine();
        return new Answer(line == null ? "" : line, Story.millisSince(start));
    }

    private void served(String which, Answer answer, String cookie, String context) {
        story.wake(answer.millis());
        story.check(
                "bytes launch the " + which + " handler, which answers",
                answer.pid() > 0,
                "pid " + answer.pid() + " answered '" + answer.value("message") + "' after " + answer.millis() + " ms");
        story.check(
                "the " + which + " handler has the same kernel socket",
                answer.value("cookie").equals(cookie),
                "SO_COOKIE " + answer.value("cookie"));
        story.check(
                "the " + which + " handler has the context",
                answer.value("context").equals(context),
                "'" + answer.value("context") + "'");
        boolean gone = Waiting.untilGone(answer.pid());
        boolean parked = Waiting.until(() -> client.getSocket(ID).state() == SocketState.SOCKET_STATE_PARKED);
        story.check(
                "the " + which + " handler gives it back and exits",
                gone && parked,
                "pid " + answer.pid() + (gone ? " is gone" : " is still there") + ", socket is "
                        + (parked ? "parked" : "not parked") + " with context '"
                        + new String(client.getSocket(ID).context(), StandardCharsets.UTF_8) + "'");
    }
}
