package io.socketbroker.daemon.vault;

import io.socketbroker.linux.Fd;
import java.util.List;

/**
 * What a peer is sent for one frame.
 *
 * @param frame the answer
 * @param descriptors borrowed from the holdings; they stay valid because no later request of the only connection that may
 *     change them is read before this is sent
 * @param last whether the connection is closed behind it
 */
record Answer(Frame frame, List<Fd> descriptors, boolean last) {
    static Answer of(Frame frame) {
        return new Answer(frame, List.of(), false);
    }

    static Answer refusal(int sequence, FrameException refusal) {
        return new Answer(
                Frame.refused(sequence, refusal), List.of(), refusal.reason().closes());
    }
}
