package io.socketbroker.daemon.journal;

import com.google.protobuf.ByteString;
import io.socketbroker.store.v1.StoredSocket;

/** Records of sockets as they are on the disk. Stateless but for the boot; any thread. */
final class Encoder {
    private final ByteString ofThisBoot;

    Encoder(BootId boot) {
        ofThisBoot = StoredSocket.newBuilder().setBootId(boot.bytes()).build().toByteString();
    }

    /** A socket that does not say of which boot it is, is of this one: what comes later counts. */
    byte[] socket(ByteString record) {
        byte[] bytes = new byte[ofThisBoot.size() + record.size()];
        ofThisBoot.copyTo(bytes, 0);
        record.copyTo(bytes, ofThisBoot.size());
        return bytes;
    }
}
