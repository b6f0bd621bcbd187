package io.socketbroker.it;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.socketbroker.v1.AutoAnswer;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.WakeFilter;
import java.nio.charset.StandardCharsets;

/** What the broker does for a parked socket by itself, in few words. */
final class Rules {
    private Rules() {}

    /** Text is ASCII. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static Duration millis(long millis) {
        return Durations.fromMillis(millis);
    }

    /** A probe every second, the shortest interval that there is. */
    static KeepAlive.Builder probe(byte[] probe, byte[]... replies) {
        KeepAlive.Builder keepAlive =
                KeepAlive.newBuilder().setInterval(millis(1_000)).setProbe(ByteString.copyFrom(probe));
        for (byte[] reply : replies) {
            keepAlive.addExpectedReplies(ByteString.copyFrom(reply));
        }
        return keepAlive;
    }

    static SocketOptions answer(byte[] request, byte[] response) {
        return SocketOptions.newBuilder()
                .addAutoAnswers(AutoAnswer.newBuilder()
                        .setRequest(ByteString.copyFrom(request))
                        .setResponse(ByteString.copyFrom(response)))
                .build();
    }

    static SocketOptions filter(WakeFilter.Builder filter) {
        return SocketOptions.newBuilder().setWakeFilter(filter).build();
    }

    static WakeFilter.Builder line() {
        return WakeFilter.newBuilder().setCompleteLine(true);
    }

    static WakeFilter.Builder prefix(String prefix) {
        return WakeFilter.newBuilder().setPrefix(ByteString.copyFromUtf8(prefix));
    }
}
