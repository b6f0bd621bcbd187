package io.socketbroker.cli.demo;

import io.socketbroker.client.ActivationContext;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.nio.charset.StandardCharsets;

/**
 * A handler as an application writes it: claims its connection, answers one line, and gives the connection back with
 * what the next handler must know.
 */
final class ConversationHandler {

    private static final int MAX_MESSAGE_BYTES = 4096;

    private ConversationHandler() {}

    public static void main(String[] arguments) {
        var activation = ActivationContext.current();
        var socket = activation.socket();
        var bytes = new byte[MAX_MESSAGE_BYTES];
        int count = Sockets.receive(socket.fd(), bytes);
        var message = new String(bytes, 0, Math.max(0, count), StandardCharsets.UTF_8).strip();
        var context = new String(socket.context(), StandardCharsets.UTF_8);
        int messages = Integer.parseInt(context.substring(context.indexOf('=') + 1)) + 1;
        var answer = "message=" + message + " pid=" + ProcessHandle.current().pid() + " cookie="
                + Long.toUnsignedString(SocketOptions.cookie(socket.fd())) + " context=" + context + "\n";
        var answerBytes = answer.getBytes(StandardCharsets.UTF_8);
        Sockets.send(socket.fd(), answerBytes, 0, answerBytes.length);
        activation.giveBack(("messages=" + messages).getBytes(StandardCharsets.UTF_8));
    }
}
