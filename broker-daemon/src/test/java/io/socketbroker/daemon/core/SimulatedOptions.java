package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.AutoAnswer;
import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.WakeFilter;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;

/** Sockets with any peer and any rules, and what may be found on them. */
final class SimulatedOptions {
    private static final ByteString PING = ByteString.copyFromUtf8("ping\n");
    private static final ByteString PONG = ByteString.copyFromUtf8("pong\n");
    private static final ByteString[] BYTES = {
        PING, PONG, ByteString.copyFromUtf8("pi"), ByteString.copyFromUtf8("hello\n"), ByteString.copyFromUtf8("hel"),
    };
    private static final Endpoint[] PEERS = {peer(10), peer(11), peer(99)};

    private final SplittableRandom random;

    SimulatedOptions(SplittableRandom random) {
        this.random = random;
    }

    private static Endpoint peer(int subnet) {
        return new Endpoint.Inet(InetAddress.ofLiteral("192.0." + subnet + ".7"), 4_242);
    }

    /** Small, so that they are reached. */
    static BrokerLimits limits(int sockets, int handlers) {
        return new BrokerLimits(
                sockets,
                sockets,
                10,
                64,
                10_000,
                handlers,
                100,
                Duration.ofSeconds(5),
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                4,
                Duration.ofSeconds(20),
                3,
                Duration.ofSeconds(5),
                4_000,
                3_000);
    }

    Optional<Endpoint> peer() {
        return Optional.of(PEERS[random.nextInt(PEERS.length)]);
    }

    SocketOptions ofListener() {
        SocketOptions.Builder options = SocketOptions.newBuilder();
        if (random.nextBoolean()) {
            return options.setAcceptMode(AcceptMode.ACCEPT_MODE_LISTENER).build();
        }
        options.setAcceptMode(AcceptMode.ACCEPT_MODE_PER_CONNECTION);
        if (random.nextInt(3) == 0) {
            options.setFirstBytesTimeout(Durations.fromSeconds(3));
            filter(options);
        }
        return options.build();
    }

    SocketOptions ofConnection() {
        SocketOptions.Builder options = SocketOptions.newBuilder();
        if (random.nextInt(3) == 0) {
            filter(options);
        }
        if (random.nextInt(3) == 0) {
            options.addAutoAnswers(AutoAnswer.newBuilder().setRequest(PING).setResponse(PONG));
        }
        if (random.nextInt(6) == 0) {
            options.setExpiresAfter(Durations.fromSeconds(9));
        }
        return options.setNotifyNetworkChanged(random.nextInt(4) == 0).build();
    }

    private void filter(SocketOptions.Builder options) {
        WakeFilter.Builder filter = WakeFilter.newBuilder();
        MismatchAction[] actions = {
            MismatchAction.MISMATCH_ACTION_WAKE,
            MismatchAction.MISMATCH_ACTION_CLOSE,
            MismatchAction.MISMATCH_ACTION_IGNORE
        };
        switch (random.nextInt(3)) {
            case 0 -> filter.setMinBytes(4);
            case 1 -> filter.setPrefix(ByteString.copyFromUtf8("hello")).setOnMismatch(actions[random.nextInt(3)]);
            default -> filter.setCompleteLine(true).setOnMismatch(actions[random.nextInt(3)]);
        }
        options.setWakeFilter(filter);
    }

    KeepAlive keepAlive() {
        KeepAlive.Builder keepAlive = KeepAlive.newBuilder();
        if (random.nextInt(3) > 0) {
            return keepAlive.build();
        }
        keepAlive.setInterval(Durations.fromSeconds(1 + random.nextInt(5)));
        if (random.nextBoolean()) {
            keepAlive.setProbe(PING).setAdaptive(random.nextBoolean());
            if (random.nextBoolean()) {
                keepAlive.addExpectedReplies(PONG);
            }
        }
        return keepAlive.build();
    }

    SendOutcome outcome() {
        return switch (random.nextInt(4)) {
            case 0 -> SendOutcome.BUSY;
            case 1 -> SendOutcome.FAILED;
            default -> SendOutcome.SENT;
        };
    }

    Readiness readiness(SocketKind kind) {
        if (kind == SocketKind.SOCKET_KIND_LISTENER) {
            return new Readiness.Connection();
        }
        return switch (random.nextInt(8)) {
            case 0, 1 -> new Readiness.Nothing();
            case 2 -> new Readiness.Ended(CloseCause.CLOSE_CAUSE_RESET, 104);
            default -> {
                ByteString bytes = BYTES[random.nextInt(BYTES.length)];
                yield new Readiness.Data(bytes.size(), random.nextInt(8) == 0, bytes, Optional.empty());
            }
        };
    }
}
