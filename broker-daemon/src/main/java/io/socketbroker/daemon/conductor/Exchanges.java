package io.socketbroker.daemon.conductor;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.core.SendOutcome;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the broker itself says on a brokered connection, and what it reads there: never a part of a message. On the
 * conductor thread; nothing here blocks.
 */
final class Exchanges {
    private static final Logger log = LoggerFactory.getLogger(Exchanges.class);

    /** Of the send buffer; the kernel counts up to four times a small segment's bytes against it. */
    private static final int USABLE_PART = 8;

    private Exchanges() {}

    /** Only onto an empty send queue, where even the smallest buffer takes it whole. */
    static SendOutcome probe(Fd fd, ByteString bytes) {
        return send(fd, bytes, 0);
    }

    /** Onto a queue with room to spare, so that it is taken whole. */
    static SendOutcome answer(Fd fd, ByteString bytes) {
        try {
            return send(fd, bytes, SocketOptions.sendBufferBytes(fd) / USABLE_PART);
        } catch (LinuxException e) {
            log.debug("an answer was not sent: {}", e.getMessage());
            return SendOutcome.FAILED;
        }
    }

    private static SendOutcome send(Fd fd, ByteString bytes, int mostUnacknowledged) {
        try {
            if (Sockets.bytesUnacknowledged(fd) > mostUnacknowledged) {
                return SendOutcome.BUSY;
            }
            int sent = Sockets.send(fd, bytes.toByteArray(), 0, bytes.size());
            if (sent == Sockets.WOULD_BLOCK) {
                return SendOutcome.BUSY;
            }
            if (sent < bytes.size()) {
                // A torn message would be taken for something else: better no connection than a wrong one.
                log.error("only {} of {} bytes could be sent; the connection is ended", sent, bytes.size());
                Sockets.shutdown(fd, Sockets.SHUT_RDWR);
                return SendOutcome.FAILED;
            }
            return SendOutcome.SENT;
        } catch (LinuxException e) {
            log.debug("not sent: {}", e.getMessage());
            return SendOutcome.FAILED;
        }
    }

    /** Takes bytes that were looked at before, so that they are there; of a datagram socket one datagram. */
    static void consume(Fd fd, int bytes) {
        try {
            Sockets.receive(fd, new byte[Math.max(1, bytes)]);
        } catch (LinuxException e) {
            log.debug("not consumed: {}", e.getMessage());
        }
    }

    /** For the handler that gets the socket instead. */
    static int unread(Fd fd) {
        try {
            return Sockets.bytesAvailable(fd);
        } catch (LinuxException e) {
            log.debug("not counted: {}", e.getMessage());
            return 0;
        }
    }
}
