package io.socketbroker.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.socketbroker.v1.KeepAlive;
import java.time.Duration;
import java.time.Instant;

/** Times and bytes between java.base and the protocol. Stateless; any thread. */
final class Protos {

    private Protos() {}

    static com.google.protobuf.Duration duration(Duration value) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(value.getSeconds())
                .setNanos(value.getNano())
                .build();
    }

    static Duration duration(com.google.protobuf.Duration value) {
        return Duration.ofSeconds(value.getSeconds(), value.getNanos());
    }

    static Instant instant(Timestamp value) {
        return Instant.ofEpochSecond(value.getSeconds(), value.getNanos());
    }

    /** An interval of zero means none. */
    static KeepAlive keepAlive(Duration interval) {
        return KeepAlive.newBuilder().setInterval(duration(interval)).build();
    }

    static ByteString bytes(byte[] value) {
        return ByteString.copyFrom(value);
    }
}
