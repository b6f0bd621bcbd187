package io.socketbroker.daemon.vault;

import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.linux.Users;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The vault's listener and connections, all on the thread that calls {@link #run}. At most one connection, the last to say
 * OPEN, is the broker's; the others may only look.
 */
final class VaultServer implements AutoCloseable {
    private static final int MOST_PEERS = 16;
    private static final int EVENTS_PER_TURN = 32;
    private static final int FRAMES_PER_TURN = 16;
    /** More fit into no socket buffer; whoever sends while this is counted out has no claim to be heard. */
    private static final int MOST_FRAMES_IN_A_SOCKET = 1_024;

    private static final long LISTENER = 0;
    static final int FOREVER = -1;
    private static final int ACCEPT_PAUSE_MILLIS = 100;

    private final OwnedFd listener;
    private final int uid = Users.uid();
    private final Epoll epoll = new Epoll(EVENTS_PER_TURN);
    private final DescriptorChannel channel = new DescriptorChannel(Frame.MOST_BYTES);
    private final Requests requests = new Requests();
    /** In the order of their arrival. */
    private final List<Peer> peers = new ArrayList<>();

    private @Nullable Peer broker;
    private long lastId = LISTENER;
    private boolean acceptsPaused;
    private long acceptsPausedNanos;

    /** For a listening, non-blocking SEQPACKET socket, whose owner this becomes. */
    VaultServer(OwnedFd listener) {
        this.listener = listener;
        Rehearsal.run();
        epoll.add(listener.fd(), Epoll.EPOLLIN, LISTENER);
    }

    /**
     * Serves until the process ends.
     *
     * @param longestIdleMillis returns when there was neither a connection nor a socket for so long; below 0: never
     */
    void run(int longestIdleMillis) {
        while (true) {
            boolean idle = longestIdleMillis >= 0 && !acceptsPaused && peers.isEmpty() && requests.count() == 0;
            long before = System.nanoTime();
            int count = epoll.await(acceptsPaused ? ACCEPT_PAUSE_MILLIS : idle ? longestIdleMillis : FOREVER);
            // A signal may end the wait early.
            if (idle && count == 0 && System.nanoTime() - before >= longestIdleMillis * 1_000_000L) {
                return;
            }
            for (int i = 0; i < count; i++) {
                ready(epoll.data(i));
            }
            if (acceptsPaused && System.nanoTime() - acceptsPausedNanos >= ACCEPT_PAUSE_MILLIS * 1_000_000L) {
                acceptsPaused = false;
                epoll.modify(listener.fd(), Epoll.EPOLLIN, LISTENER);
            }
        }
    }

    private void ready(long id) {
        if (id == LISTENER) {
            accept();
            return;
        }
        Peer peer = find(id);
        if (peer == null) {
            return;
        }
        try {
            serve(peer);
        } catch (RuntimeException | Error e) {
            // One connection must not end the service of what the others hold.
            close(peer);
        }
    }

    private @Nullable Peer find(long id) {
        for (Peer peer : peers) {
            if (peer.id() == id) {
                return peer;
            }
        }
        return null;
    }

    private void accept() {
        try {
            Optional<OwnedFd> accepted = Sockets.accept(listener.fd(), true);
            if (accepted.isPresent()) {
                admit(accepted.get());
            }
        } catch (LinuxException e) {
            // Out of descriptors: the connection keeps waiting, and looking again at once would spin.
            acceptsPaused = true;
            acceptsPausedNanos = System.nanoTime();
            epoll.modify(listener.fd(), 0, LISTENER);
        }
    }

    private void admit(OwnedFd descriptor) {
        Peer peer = new Peer(++lastId, descriptor);
        if (SocketOptions.peerCredentials(descriptor.fd()).uid() != uid) {
            FrameException refusal = new FrameException(Reason.FOREIGN_USER, "the vault serves its own user only");
            trySend(peer, Answer.refusal(0, refusal));
            descriptor.close();
            return;
        }
        if (peers.size() >= MOST_PEERS) {
            close(peers.get(peers.getFirst().equals(broker) ? 1 : 0));
        }
        try {
            epoll.add(descriptor.fd(), Epoll.EPOLLIN, peer.id());
            peers.add(peer);
        } catch (LinuxException e) {
            descriptor.close();
        }
    }

    private void serve(Peer peer) {
        Answer unsent = peer.unsent();
        if (unsent != null) {
            // EPOLLHUP and EPOLLERR are reported always; sending tells what they mean.
            peer.unsent(null);
            epoll.modify(peer.fd(), Epoll.EPOLLIN, peer.id());
            send(peer, unsent);
        }
        for (int i = 0; i < FRAMES_PER_TURN && peers.contains(peer) && peer.unsent() == null; i++) {
            if (!receive(peer)) {
                return;
            }
        }
    }

    /** False when nothing more is to be received now. */
    private boolean receive(Peer peer) {
        Received received;
        try {
            received = channel.receive(peer.fd());
        } catch (LinuxException e) {
            if (e.is(Errno.ECONNRESET)) {
                // The peer died with answers unread. What it had sent before comes behind this error.
                peer.silence();
                return true;
            }
            throw e;
        }
        if (received instanceof Received.Message message) {
            received(peer, message);
            return true;
        }
        if (received instanceof Received.EndOfStream) {
            close(peer);
        }
        return false;
    }

    private void received(Peer peer, Received.Message message) {
        Answer answer = requests.answer(message, peer.equals(broker));
        if (answer.frame().kind() == Kind.OPENED) {
            supersede(peer);
            // What the former broker had sent counts.
            answer = Answer.of(Frame.of(Kind.OPENED, answer.frame().sequence(), requests.count()));
        }
        send(peer, answer);
        FailPoint.VAULT_ANSWERED.pass();
    }

    /** Carries out what the former broker had still sent, and ends its connection. */
    private void supersede(Peer successor) {
        Peer former = broker;
        if (former != null && !former.equals(successor)) {
            former.silence();
            for (int i = 0; i < MOST_FRAMES_IN_A_SOCKET && peers.contains(former); i++) {
                if (!receive(former)) {
                    break;
                }
            }
            if (peers.contains(former)) {
                FrameException refusal = new FrameException(Reason.SUPERSEDED, "another broker has opened the vault");
                trySend(former, Answer.refusal(0, refusal));
                close(former);
            }
        }
        broker = successor;
    }

    private void send(Peer peer, Answer answer) {
        if (peer.isMute()) {
            return;
        }
        if (!trySend(peer, answer)) {
            peer.unsent(answer);
            epoll.modify(peer.fd(), Epoll.EPOLLOUT, peer.id());
        } else if (answer.last()) {
            close(peer);
        }
    }

    /** False if the peer's buffer is full. */
    private boolean trySend(Peer peer, Answer answer) {
        List<Fd> descriptors = answer.descriptors();
        try {
            return channel.send(peer.fd(), answer.frame().encode(), descriptors);
        } catch (LinuxException e) {
            if (e.is(Errno.ETOOMANYREFS)) {
                FrameException busy = new FrameException(
                        Reason.BUSY, "too many descriptors of this user are on their way; ask again");
                return trySend(peer, Answer.refusal(answer.frame().sequence(), busy));
            }
            // Gone, but its last requests may wait.
            peer.silence();
            return true;
        }
    }

    private void close(Peer peer) {
        if (peers.remove(peer)) {
            epoll.delete(peer.fd());
            peer.close();
        }
        if (peer.equals(broker)) {
            broker = null;
        }
    }

    /** After {@link #run} has returned, which it does when there is nothing else to close. */
    @Override
    public void close() {
        channel.close();
        epoll.close();
        listener.close();
    }
}
