package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.daemon.time.Timers;
import io.socketbroker.daemon.vault.Frame;
import io.socketbroker.daemon.vault.Kind;
import io.socketbroker.daemon.vault.Reason;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the vault, whichever vault that is: one {@link VaultLink} after the other, each opened and watched. On the
 * conductor thread; nothing here waits.
 */
final class VaultLine {
    private static final Logger log = LoggerFactory.getLogger(VaultLine.class);
    private static final int ANSWERS_PER_TURN = 128;

    private final EventLoop loop;
    private final DescriptorChannel channel;
    private final long answerTimeoutNanos;
    private final Listener listener;
    private final Reconnection reconnection;
    private final int source;

    private @Nullable VaultLink link;
    private boolean opened;
    private int links;
    private Timers.@Nullable Timer watchdog;

    /** Told what happens. */
    interface Listener {
        /** There is a new connection, to a vault that may hold nothing. */
        void opened();

        /** An answer to any request but OPEN. */
        void answered(Request request, Frame answer);

        /** The connection is lost, with these requests unanswered, in their order; a new one is tried for already. */
        void lost(List<Request> unanswered);

        /** After any of the others, when there may be more to send. */
        void done();
    }

    /** Before the loop runs. */
    VaultLine(
            EventLoop loop,
            VaultConnector connector,
            DescriptorChannel channel,
            long answerTimeoutNanos,
            Listener listener) {
        this.loop = loop;
        this.channel = channel;
        this.answerTimeoutNanos = answerTimeoutNanos;
        this.listener = listener;
        reconnection = new Reconnection(connector, loop, this::connected);
        source = loop.addSource((index, _, _) -> ready(index));
    }

    /**
     * The loop runs.
     *
     * @param accepted a connection that the vault has accepted as the broker's already, if there is one
     */
    void begin(@Nullable OwnedFd accepted) {
        if (accepted == null) {
            reconnection.begin();
        } else {
            attach(accepted);
            opened = true;
        }
    }

    /** Whether requests can be sent. */
    int peerPid() {
        return link == null ? 0 : link.peerPid();
    }

    boolean isUp() {
        return link != null && opened;
    }

    /** Whether nothing is unanswered. */
    boolean isIdle() {
        return link != null && link.oldestNanos().isEmpty();
    }

    /**
     * Sends a request.
     *
     * @param descriptors used during the call
     * @return false if it could not be sent now; the connection may be lost then
     */
    boolean send(Request request, int number, List<Fd> descriptors) {
        VaultLink current = link;
        if (current == null || !current.hasRoom()) {
            return false;
        }
        try {
            boolean sent = current.send(request, number, descriptors, loop.nowNanos());
            if (sent && watchdog == null) {
                watchdog = loop.schedule(answerTimeoutNanos, this::watch);
            }
            return sent;
        } catch (LinuxException e) {
            lost(String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void watch() {
        watchdog = null;
        Optional<Long> oldest = link == null ? Optional.empty() : link.oldestNanos();
        if (oldest.isPresent()) {
            long leftNanos = oldest.get() + answerTimeoutNanos - loop.nowNanos();
            if (leftNanos > 0) {
                watchdog = loop.schedule(leftNanos, this::watch);
            } else {
                lost("it does not answer");
                listener.done();
            }
        }
    }

    private void connected(OwnedFd connection) {
        attach(connection);
        send(new Request.Open(), 0, List.of());
    }

    private void attach(OwnedFd connection) {
        link = new VaultLink(connection, channel);
        opened = false;
        links++;
        loop.add(connection.fd(), Epoll.EPOLLIN, source, links, 0);
    }

    private void ready(int linkNumber) {
        if (linkNumber != links) {
            return;
        }
        try {
            for (int i = 0; i < ANSWERS_PER_TURN && link != null; i++) {
                Optional<VaultLink.Answered> answered = link.receive();
                if (answered.isEmpty()) {
                    break;
                }
                take(answered.get().request(), answered.get().frame());
            }
        } catch (VaultLink.BrokenLink | LinuxException e) {
            lost(String.valueOf(e.getMessage()));
        }
        listener.done();
    }

    private void take(Request request, Frame answer) {
        // A full vault is told to whoever wanted to put.
        if (answer.kind() == Kind.REFUSED && answer.reason() != Reason.DESCRIPTOR_LIMIT) {
            log.error("the vault refused {}: {}", request.kind(), answer.text());
        }
        if (!(request instanceof Request.Open)) {
            listener.answered(request, answer);
        } else if (answer.kind() == Kind.OPENED) {
            opened = true;
            listener.opened();
        }
    }

    private void lost(String why) {
        VaultLink broken = link;
        if (broken == null) {
            return;
        }
        log.warn("the vault is lost: {}", why);
        link = null;
        loop.delete(broken.fd());
        listener.lost(broken.close());
        reconnection.begin();
    }

    /** After the loop has ended; gives what is unanswered. */
    List<Request> close() {
        // Nothing else has the open file, so its epoll registration ends with it.
        List<Request> unanswered = link == null ? List.of() : link.close();
        link = null;
        reconnection.close();
        return unanswered;
    }
}
