package io.socketbroker.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A handler as people write it, in style "socket": echoes once on the channel of the JDK and gives the socket back. */
final class EchoHandlerProgram {

    private EchoHandlerProgram() {}

    public static void main(String[] args) throws IOException {
        var activation = ActivationContext.current();
        var channel = (SocketChannel) System.inheritedChannel();
        var bytes = ByteBuffer.allocate(100);
        channel.read(bytes);
        channel.write(bytes.flip());
        activation.giveBack(activation.socket().context());
    }
}
