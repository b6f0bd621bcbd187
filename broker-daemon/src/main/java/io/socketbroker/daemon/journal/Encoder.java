package io.socketbroker.daemon.journal;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.socketbroker.store.v1.StoredSocket;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Records as they are on the disk. Stateless but for the boot; any thread. */
final class Encoder {
    private static final byte[] NOTHING = {};

    private final byte[] ofThisBoot;

    Encoder(BootId boot) {
        ofThisBoot = StoredSocket.newBuilder().setBootId(boot.bytes()).build().toByteArray();
    }

    /** A socket that does not say of which boot it is, is of this one. */
    byte[] bytes(MessageLite value, ByteString fixed) {
        if (value instanceof StoredSocket socket && socket.getBootId().isEmpty()) {
            return joined(ofThisBoot, fixed, socket);
        }
        return joined(NOTHING, fixed, value);
    }

    /** Messages one behind the other are one message with the fields of all. */
    private static byte[] joined(byte[] boot, ByteString fixed, MessageLite rest) {
        int size = rest.getSerializedSize();
        int before = boot.length + fixed.size();
        byte[] bytes = new byte[before + size];
        System.arraycopy(boot, 0, bytes, 0, boot.length);
        fixed.copyTo(bytes, boot.length);
        try {
            CodedOutputStream output = CodedOutputStream.newInstance(bytes, before, size);
            rest.writeTo(output);
            output.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array has no room for what was measured", e);
        }
        return bytes;
    }
}
