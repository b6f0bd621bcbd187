package io.socketbroker.client;

import io.socketbroker.linux.Sockets;
import java.io.IOException;

/** A handler as people write it, in any style: echoes once and leaves the rest to the SDK; "fail" as its argument fails. */
final class SocketHandlerProgram {

    private SocketHandlerProgram() {}

    public static void main(String[] args) {
        boolean failing = args.length > 0 && args[0].equals("fail");
        ActivatedHandler.run(socket -> {
            if (failing) {
                throw new IOException("no luck");
            }
            var bytes = new byte[100];
            Sockets.send(socket.fd(), bytes, 0, Sockets.receive(socket.fd(), bytes));
        });
    }
}
