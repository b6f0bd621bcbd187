package io.socketbroker.daemon.transfer;

import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.EncodedFrame;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.FdFrame;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers the frames of fd.sock. On the conductor thread. */
public interface FrameHandler {
    /**
     * Answers one frame.
     *
     * @param connection of the sender
     * @param caller of the connection
     * @param frame what was asked
     * @param descriptors that came with it; the handler becomes their owner
     * @param truncated descriptors were lost on the way
     * @throws io.socketbroker.daemon.core.BrokerRefusal answered with Error
     */
    Answer frame(long connection, Caller caller, FdFrame frame, List<OwnedFd> descriptors, boolean truncated);

    /** The connection has ended. */
    void disconnected(long connection);

    /**
     * What goes back.
     *
     * @param frame without request_id, which the connection fills in; leaves when this completes, on any thread
     * @param descriptors borrowed for the time of the sending; only of an answer that leaves at once
     */
    record Answer(CompletionStage<EncodedFrame> frame, List<Fd> descriptors) {
        /** One that promises nothing, or nothing that has to be kept. */
        public static Answer now(EncodedFrame frame, List<Fd> descriptors) {
            return new Answer(CompletableFuture.completedStage(frame), descriptors);
        }

        /** One that leaves when this completes, in whatever way: what it says is then kept. */
        public static Answer after(CompletionStage<Void> kept, EncodedFrame frame) {
            return new Answer(kept.handle((_, _) -> frame), List.of());
        }
    }
}
