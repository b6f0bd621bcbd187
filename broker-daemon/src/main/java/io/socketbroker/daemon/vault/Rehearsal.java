package io.socketbroker.daemon.vault;

import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.util.List;
import java.util.Objects;

/**
 * Every kind of request once, on a socket pair, before the vault serves: when the limit of open files is reached, no class
 * file can be opened any more, and a class that failed to load once never loads again. It also takes the first steps of
 * every system call, which are slow, away from the first broker.
 */
final class Rehearsal {
    private static final Kind[] REQUESTS = {
        Kind.OPEN, Kind.PUT, Kind.PUT, Kind.LIST, Kind.SHOW, Kind.COUNT, Kind.DROP, Kind.LIST, Kind.DONE
    };

    private Rehearsal() {}

    /** Leaves nothing behind. */
    static void run() {
        Requests requests = new Requests();
        try (Sockets.Pair pair = Sockets.pair(Sockets.SOCK_SEQPACKET);
                OwnedFd held = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0);
                DescriptorChannel channel = new DescriptorChannel(Frame.MOST_BYTES)) {
            SocketOptions.setLinger(held.fd(), true, 1);
            SocketOptions.peerCredentials(pair.first().fd());
            List<Entry> entries = List.of(new Entry(0, SocketOptions.cookie(held.fd())));
            for (int i = 0; i < REQUESTS.length; i++) {
                Kind kind = REQUESTS[i];
                Frame request = kind.withEntries() ? Frame.of(kind, i, 0, entries) : Frame.of(kind, i, 0);
                List<Fd> descriptors = kind.withDescriptors() ? List.of(held.fd()) : List.of();
                channel.send(pair.first().fd(), request.encode(), descriptors);
                if (channel.receive(pair.second().fd()) instanceof Received.Message message) {
                    send(channel, pair.second(), requests.answer(message, true));
                }
                if (channel.receive(pair.first().fd()) instanceof Received.Message answer) {
                    answer.close();
                }
            }
            send(channel, pair.second(), Answer.refusal(0, Requests.descriptorLimit()));
        }
        // Of a failed accept.
        Answer.refusal(0, new FrameException(Reason.OTHER, Errno.name(Errno.EMFILE)));
        Objects.requireNonNull(LinuxException.class);
    }

    private static void send(DescriptorChannel channel, OwnedFd to, Answer answer) {
        channel.send(to.fd(), answer.frame().encode(), answer.descriptors());
    }
}
