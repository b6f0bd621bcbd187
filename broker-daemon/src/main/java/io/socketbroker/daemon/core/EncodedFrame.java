package io.socketbroker.daemon.core;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.socketbroker.v1.CompleteResponse;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.ItemError;
import io.socketbroker.v1.Released;
import java.util.List;

/** A frame of fd.sock as it goes out, but for its request_id. Immutable. */
public final class EncodedFrame {
    private static final int REQUEST_ID_TAG = FdFrame.REQUEST_ID_FIELD_NUMBER << 3;

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
        try {
            return FdFrame.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("what this process wrote is not what it reads", e);
        }
    }

    /** As nobody asked for it; not to be changed. */
    public byte[] unasked() {
        return bytes;
    }

    /** As the answer to a request, whose number comes first as protobuf itself would write it. Not to be changed. */
    public byte[] answer(int requestId) {
        if (requestId == 0) {
            return bytes;
        }
        int before = 1 + CodedOutputStream.computeUInt32SizeNoTag(requestId);
        byte[] answer = new byte[before + bytes.length];
        answer[0] = REQUEST_ID_TAG;
        int at = 1;
        int rest = requestId;
        while ((rest & ~0x7F) != 0) {
            answer[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        answer[at] = (byte) rest;
        System.arraycopy(bytes, 0, answer, before, bytes.length);
        return answer;
    }
}
