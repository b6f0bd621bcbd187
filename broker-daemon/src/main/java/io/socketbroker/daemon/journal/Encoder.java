package io.socketbroker.daemon.journal;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.socketbroker.store.v1.StoredSocket;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Records as they are on the disk. Stateless but for the boot; any thread. */
final class Encoder {
    private final byte[] ofThisBoot;

    Encoder(BootId boot) {
        ofThisBoot = StoredSocket.newBuilder().setBootId(boot.bytes()).build().toByteArray();
    }

    /** A socket that does not say of which boot it is, is of this one. */
    byte[] bytes(MessageLite value) {
        if (value instanceof StoredSocket socket && socket.getBootId().isEmpty()) {
            return ofThisBoot(socket);
        }
        return value.toByteArray();
    }

    /** Two messages one behind the other are one message with the fields of both. */
    private byte[] ofThisBoot(StoredSocket socket) {
        int size = socket.getSerializedSize();
        byte[] bytes = new byte[ofThisBoot.length + size];
        System.arraycopy(ofThisBoot, 0, bytes, 0, ofThisBoot.length);
        try {
            CodedOutputStream rest = CodedOutputStream.newInstance(bytes, ofThisBoot.length, size);
            socket.writeTo(rest);
            rest.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array has no room for what was measured", e);
        }
        return bytes;
    }
}
