package io.socketbroker.daemon.core;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.socketbroker.v1.FdFrame;
import java.util.Arrays;

/** A frame of fd.sock as it goes out, but for its request_id. Immutable. */
public final class EncodedFrame {
    private static final int REQUEST_ID_TAG = FdFrame.REQUEST_ID_FIELD_NUMBER << 3;

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

    /** As the answer to a request, whose number comes last: a message has its fields in any order. Not to be changed. */
    public byte[] answer(int requestId) {
        if (requestId == 0) {
            return bytes;
        }
        int more = 1 + CodedOutputStream.computeUInt32SizeNoTag(requestId);
        byte[] answer = Arrays.copyOf(bytes, bytes.length + more);
        int at = bytes.length;
        answer[at++] = REQUEST_ID_TAG;
        int rest = requestId;
        while ((rest & ~0x7F) != 0) {
            answer[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        answer[at] = (byte) rest;
        return answer;
    }
}
