package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.vault.Frame;
import io.socketbroker.daemon.vault.FrameException;
import io.socketbroker.daemon.vault.Kind;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the vault and what is unanswered on it. Never waits. After the first exception it is of no more use but
 * for {@link #close}. On the conductor thread.
 */
final class VaultLink {
    /** Beyond that the vault works in larger pieces, from the outbox. */
    static final int MOST_UNANSWERED = 64;

    private final OwnedFd socket;
    private final DescriptorChannel channel;
    private final Deque<Unanswered> unanswered = new ArrayDeque<>();
    private int lastSequence;

    /** A request on its way. */
    private record Unanswered(int sequence, long sentNanos, Request request) {}

    /** An answer and what it answers. */
    record Answered(Request request, Frame frame) {}

    /** The vault does not keep to its protocol. */
    static final class BrokenLink extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenLink(String message) {
            super(message, null, false, false);
        }
    }

    /** Becomes the owner of a connected socket. */
    VaultLink(OwnedFd socket, DescriptorChannel channel) {
        this.socket = socket;
        this.channel = channel;
    }

    Fd fd() {
        return socket.fd();
    }

    int peerPid() {
        return SocketOptions.peerCredentials(socket.fd()).pid();
    }

    boolean hasRoom() {
        return unanswered.size() < MOST_UNANSWERED;
    }

    /** When the oldest unanswered request was sent, on the caller's clock. */
    Optional<Long> oldestNanos() {
        return Optional.ofNullable(unanswered.peekFirst()).map(Unanswered::sentNanos);
    }

    /**
     * Sends a request.
     *
     * @param descriptors used during the call
     * @return false if the vault is too busy to take it now
     * @throws LinuxException if the connection is broken
     */
    boolean send(Request request, int number, List<Fd> descriptors, long nowNanos) {
        int sequence = lastSequence + 1;
        Frame frame = Frame.of(request.kind(), sequence, number, request.entries());
        try {
            if (!channel.send(socket.fd(), frame.encode(), descriptors)) {
                return false;
            }
        } catch (LinuxException e) {
            if (e.is(Errno.ETOOMANYREFS)) {
                return false;
            }
            throw e;
        }
        lastSequence = sequence;
        unanswered.add(new Unanswered(sequence, nowNanos, request));
        return true;
    }

    /**
     * Takes the next answer.
     *
     * @return empty if none is here yet
     * @throws BrokenLink if the vault has ended, refuses all, or answers wrongly
     * @throws LinuxException if the connection is broken
     */
    Optional<Answered> receive() {
        return switch (channel.receive(socket.fd())) {
            case Received.WouldBlock _ -> Optional.empty();
            case Received.EndOfStream _ -> throw new BrokenLink("it has closed the connection");
            case Received.Message message -> Optional.of(answer(message));
        };
    }

    private Answered answer(Received.Message message) {
        Frame frame;
        try (message) {
            frame = Frame.decode(message.payload());
        } catch (FrameException e) {
            throw new BrokenLink("it sent what is not a frame: " + e.getMessage());
        }
        Unanswered next = unanswered.peekFirst();
        if (frame.kind() == Kind.REFUSED && frame.sequence() == 0) {
            throw new BrokenLink("it ends the connection: " + frame.text());
        }
        if (next == null || frame.sequence() != next.sequence || !fits(next.request, frame.kind())) {
            throw new BrokenLink("it sent " + frame.kind() + " where it should answer " + described(next)
                    + "; is it of another version?");
        }
        unanswered.removeFirst();
        return new Answered(next.request, frame);
    }

    private static boolean fits(Request request, Kind answer) {
        return answer == Kind.REFUSED
                || switch (request) {
                    case Request.Open _ -> answer == Kind.OPENED;
                    case Request.Put _, Request.Slice _, Request.Drop _ -> answer == Kind.DONE;
                    case Request.Look _ -> answer == Kind.SHOWN || answer == Kind.END;
                };
    }

    private static String described(@Nullable Unanswered next) {
        return next == null ? "nothing" : next.request.kind().toString();
    }

    /** Closes the connection; gives what was unanswered, in its order. */
    List<Request> close() {
        socket.close();
        List<Request> left = new ArrayList<>();
        unanswered.forEach(request -> left.add(request.request));
        unanswered.clear();
        return left;
    }
}
