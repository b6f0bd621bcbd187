package io.socketbroker.daemon.core;

import com.google.protobuf.UnsafeByteOperations;
import io.socketbroker.v1.CompleteResponse;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.ItemError;
import io.socketbroker.v1.Released;
import java.util.List;

/** A frame of fd.sock as it goes out, but for its request_id. Immutable. */
public final class EncodedFrame {
    /** The number of a request, with room for the writer. */
    private static final int MOST_BYTES_OF_NUMBER = 16;

    private static final EncodedFrame COMPLETED =
            of(FdFrame.newBuilder().setCompleted(CompleteResponse.getDefaultInstance()));

    private final FdFrame.BodyCase kind;
    private final byte[] bytes;

    EncodedFrame(FdFrame.BodyCase kind, byte[] bytes) {
        this.kind = kind;
        this.bytes = bytes;
    }

    /** Of a message without request_id. */
    public static EncodedFrame of(FdFrame.Builder frame) {
        return new EncodedFrame(frame.getBodyCase(), frame.build().toByteArray());
    }

    /** A Released: the answer to each acknowledgement. */
    public static EncodedFrame released(long deliveryId) {
        BackwardWriter message = new BackwardWriter(16);
        message.varint(Released.DELIVERY_ID_FIELD_NUMBER, deliveryId);
        message.enclose(FdFrame.RELEASED_FIELD_NUMBER, 0);
        return new EncodedFrame(FdFrame.BodyCase.RELEASED, message.take());
    }

    /** A Completed: the answer to each completion, most of them without errors. */
    public static EncodedFrame completed(List<ItemError> errors) {
        return errors.isEmpty()
                ? COMPLETED
                : of(FdFrame.newBuilder()
                        .setCompleted(CompleteResponse.newBuilder().addAllErrors(errors)));
    }

    /** What it says. */
    public FdFrame.BodyCase kind() {
        return kind;
    }

    /** As its receiver reads it. */
    public FdFrame message() {
        return Views.parsed(FdFrame.parser(), UnsafeByteOperations.unsafeWrap(bytes));
    }

    /** As nobody asked for it; not to be changed. */
    public byte[] unasked() {
        return bytes;
    }

    /** As the answer to a request, whose number comes first as protobuf itself would write it. */
    public byte[] answer(int requestId) {
        BackwardWriter message = new BackwardWriter(bytes.length + MOST_BYTES_OF_NUMBER);
        message.raw(bytes);
        message.varint(FdFrame.REQUEST_ID_FIELD_NUMBER, Integer.toUnsignedLong(requestId));
        return message.take();
    }
}
