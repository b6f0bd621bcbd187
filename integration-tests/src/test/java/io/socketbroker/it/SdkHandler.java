package io.socketbroker.it;

import io.socketbroker.client.ActivatedSocket;
import io.socketbroker.client.ActivationContext;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.Io;
import java.nio.charset.StandardCharsets;

/** A handler with the SDK: counts its wakes in the socket's context and gives the socket back. */
final class SdkHandler {
    private SdkHandler() {}

    /** Answers one line with the number of this wake; the socket was parked with the context "0". */
    public static void main(String[] args) {
        ActivationContext activation = ActivationContext.current();
        ActivatedSocket socket = activation.socket();
        int count = Integer.parseInt(new String(socket.context(), StandardCharsets.US_ASCII)) + 1;
        String line = readLine(socket.fd());
        String answer = "wake " + count + " for " + activation.reason() + " of " + activation.task() + "/" + socket.id()
                + ": " + line + "\n";
        write(socket.fd(), answer);
        activation.giveBack(Integer.toString(count).getBytes(StandardCharsets.US_ASCII));
    }

    private static String readLine(Fd fd) {
        StringBuilder line = new StringBuilder();
        byte[] next = new byte[1];
        while (Io.read(fd, next) == 1 && next[0] != '\n') {
            line.append((char) next[0]);
        }
        return line.toString();
    }

    private static void write(Fd fd, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        Io.write(fd, bytes, 0, bytes.length);
    }
}
