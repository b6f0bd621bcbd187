package io.socketbroker.daemon.journal;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.core.SocketName;
import io.socketbroker.daemon.core.TaskName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Where a record is in the store.
 *
 * <p>Names are uid (4 bytes, big-endian), app, NUL and name, so that bytes sort as {@link SocketName} and {@link TaskName}
 * do, and no two names have the same key: neither part has a NUL. Activations are numbers of 8 bytes, big-endian.
 *
 * @param family its kind
 * @param bytes unique among the records of that kind
 */
record RecordKey(Family family, ByteString bytes) {
    /** The only key of {@link io.socketbroker.store.v1.StoreMeta}. */
    static final RecordKey META = new RecordKey(Family.META, ByteString.copyFromUtf8("meta"));

    /** The only key of {@link io.socketbroker.store.v1.StoreCounters}. */
    static final RecordKey COUNTERS = new RecordKey(Family.META, ByteString.copyFromUtf8("counters"));

    static RecordKey of(TaskName task) {
        return new RecordKey(Family.TASKS, named(task.uid(), task.app(), task.name()));
    }

    static RecordKey of(SocketName socket) {
        return new RecordKey(Family.SOCKETS, named(socket.uid(), socket.app(), socket.id()));
    }

    /** Of an activation, or the end of a range of them. */
    static RecordKey ofActivation(long id) {
        return new RecordKey(Family.ACTIVATIONS, ByteString.copyFrom(number(id)));
    }

    static byte[] number(long id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }

    private static ByteString named(int uid, String app, String name) {
        byte[] appBytes = text(app);
        byte[] nameBytes = text(name);
        return ByteString.copyFrom(ByteBuffer.allocate(Integer.BYTES + appBytes.length + 1 + nameBytes.length)
                .putInt(uid)
                .put(appBytes)
                .put((byte) 0)
                .put(nameBytes)
                .flip());
    }

    private static byte[] text(String name) {
        if (name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a name has no NUL");
        }
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
