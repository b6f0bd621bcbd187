package io.socketbroker.configuration;

import com.google.protobuf.Duration;

/** Conversions to the types of the protocol. Stateless. */
final class Protos {
    private Protos() {}

    static Duration duration(java.time.Duration time) {
        return Duration.newBuilder()
                .setSeconds(time.getSeconds())
                .setNanos(time.getNano())
                .build();
    }
}
