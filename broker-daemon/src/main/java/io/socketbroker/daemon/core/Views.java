package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.Task;
import io.socketbroker.v1.TaskKey;
import java.time.Instant;

/** Entries as callers see them. */
public final class Views {
    private Views() {}

    static Socket socket(SocketEntry entry, boolean withContext) {
        BackwardWriter message = new BackwardWriter(entry.deliveryBytes());
        WrittenViews.socket(entry, withContext, message);
        return parsed(Socket.parser(), UnsafeByteOperations.unsafeWrap(message.take()));
    }

    /** What this process wrote itself. */
    static <T> T parsed(Parser<T> parser, ByteString written) {
        try {
            return parser.parseFrom(written);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("what this process wrote is not what it reads", e);
        }
    }

    static Task task(TaskEntry entry, int sockets) {
        return Task.newBuilder()
                .setKey(key(entry.name))
                .setSpec(entry.spec)
                .setRegisteredAt(timestamp(entry.registeredAt))
                .setSockets(sockets)
                .setRunning(entry.running)
                .setQueued(entry.queue.size())
                .setLaunches(entry.launches)
                .setFailures(entry.failures)
                .build();
    }

    static io.socketbroker.v1.Activation activation(Activation activation) {
        BackwardWriter message = new BackwardWriter(1_024);
        WrittenViews.activation(activation, message);
        return parsed(io.socketbroker.v1.Activation.parser(), UnsafeByteOperations.unsafeWrap(message.take()));
    }

    /** A name as the protocol has it. */
    public static SocketKey key(SocketName name) {
        return SocketKey.newBuilder()
                .setApp(name.app())
                .setSocketId(name.id())
                .setUid(name.uid())
                .build();
    }

    /** A name as the protocol has it. */
    public static TaskKey key(TaskName name) {
        return TaskKey.newBuilder()
                .setApp(name.app())
                .setName(name.name())
                .setUid(name.uid())
                .build();
    }

    /** A time as the protocol has it. */
    public static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    static io.socketbroker.v1.Endpoint endpoint(Endpoint endpoint) {
        io.socketbroker.v1.Endpoint.Builder view =
                io.socketbroker.v1.Endpoint.newBuilder().setText(endpoint.toString());
        if (endpoint instanceof Endpoint.Inet inet) {
            view.setAddress(inet.address().getHostAddress()).setPort(inet.port());
        }
        return view.build();
    }
}
