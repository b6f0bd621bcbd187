package io.socketbroker.cli.demo;

import io.socketbroker.client.ActivationContext;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.SocketOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;

/** A handler of one datagram, on the channel that the JDK makes of descriptor 0. */
final class DatagramHandler {

    private static final int MAX_DATAGRAM_BYTES = 2048;

    private DatagramHandler() {}

    public static void main(String[] arguments) throws IOException {
        var activation = ActivationContext.current();
        var channel = (DatagramChannel) System.inheritedChannel();
        var bytes = ByteBuffer.allocate(MAX_DATAGRAM_BYTES);
        var sender = channel.receive(bytes);
        var message = StandardCharsets.UTF_8.decode(bytes.flip());
        var answer = "message=" + message + " pid=" + ProcessHandle.current().pid() + " cookie="
                + Long.toUnsignedString(SocketOptions.cookie(Fd.STDIN));
        channel.send(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)), sender);
        activation.giveBack();
    }
}
