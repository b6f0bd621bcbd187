package io.socketbroker.configuration;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.WakeFilter;
import java.util.List;
import java.util.Optional;

/**
 * A declared listening or datagram socket. Immutable.
 *
 * @param id unique among the declared listeners
 * @param task the declared task that it wakes
 * @param address where
 * @param making how the kernel socket is made
 * @param context kept with it
 * @param keepAlive see the protocol; an interval of zero means none
 * @param options see the protocol
 * @param origin where it is declared
 */
public record ListenerDeclaration(
        String id,
        String task,
        ListenAddress address,
        Making making,
        ByteString context,
        KeepAlive keepAlive,
        SocketOptions options,
        Origin origin) {
    /**
     * How a kernel socket is made.
     *
     * @param backlog connections that wait in the kernel
     * @param mode permissions of a unix socket's path; empty is by umask
     * @param ipv6Only whether IPv4 is refused; empty is false for wildcards, true for other addresses
     * @param reusePort SO_REUSEPORT
     * @param tcpKeepAlive SO_KEEPALIVE
     */
    public record Making(
            int backlog, Optional<Integer> mode, Optional<Boolean> ipv6Only, boolean reusePort, boolean tcpKeepAlive) {}

    /** What contradicts is added to the problems. */
    static ListenerDeclaration of(Values values, List<Problem> problems) {
        ListenAddress address = values.get(ListenerKeys.ADDRESS);
        boolean listens = address.kind().listens();
        if (!listens) {
            notFor(values, List.of(ListenerKeys.ACCEPT, ListenerKeys.BACKLOG), problems);
        }
        if (address.kind() != ListenAddress.Kind.TCP) {
            notFor(values, List.of(ListenerKeys.TCP_KEEP_ALIVE), problems);
        }
        if (address.kind().isUnix()) {
            notFor(values, List.of(ListenerKeys.IPV6_ONLY, ListenerKeys.REUSE_PORT), problems);
        }
        if (!address.path().startsWith("/")) {
            notFor(values, List.of(ListenerKeys.MODE), problems);
        }
        return new ListenerDeclaration(
                values.get(ListenerKeys.ID),
                values.get(ListenerKeys.TASK),
                address,
                new Making(
                        values.get(ListenerKeys.BACKLOG),
                        values.find(ListenerKeys.MODE),
                        values.find(ListenerKeys.IPV6_ONLY),
                        values.get(ListenerKeys.REUSE_PORT),
                        values.get(ListenerKeys.TCP_KEEP_ALIVE)),
                values.find(ListenerKeys.CONTEXT).orElse(ByteString.EMPTY),
                KeepAlive.newBuilder()
                        .setInterval(Protos.duration(
                                values.find(ListenerKeys.KEEP_ALIVE).orElse(java.time.Duration.ZERO)))
                        .build(),
                options(values, listens, problems),
                values.origin());
    }

    private static void notFor(Values values, List<Key<?>> keys, List<Problem> problems) {
        keys.stream()
                .filter(values::has)
                .forEach(key -> problems.add(new Problem(
                        values.origin(key),
                        key.name() + " is not for " + values.get(ListenerKeys.ADDRESS) + "; leave it out")));
    }

    private static SocketOptions options(Values values, boolean listens, List<Problem> problems) {
        SocketOptions.Builder options =
                SocketOptions.newBuilder().setNotifyNetworkChanged(values.get(ListenerKeys.NOTIFY_NETWORK));
        if (listens) {
            options.setAcceptMode(values.get(ListenerKeys.ACCEPT));
        }
        WakeFilter filter = filter(values, problems);
        if (!filter.equals(WakeFilter.getDefaultInstance())) {
            options.setWakeFilter(filter);
        }
        values.find(ListenerKeys.AUTO_ANSWERS).ifPresent(options::addAllAutoAnswers);
        values.find(ListenerKeys.EXPIRES_AFTER).map(Protos::duration).ifPresent(options::setExpiresAfter);
        values.find(ListenerKeys.FIRST_BYTES).map(Protos::duration).ifPresent(options::setFirstBytesTimeout);
        return options.build();
    }

    private static WakeFilter filter(Values values, List<Problem> problems) {
        int rules = (values.has(ListenerKeys.WAKE_PREFIX) ? 1 : 0)
                + (values.has(ListenerKeys.WAKE_FRAME) ? 1 : 0)
                + (values.get(ListenerKeys.WAKE_LINE) ? 1 : 0);
        if (rules > 1) {
            problems.add(new Problem(
                    values.origin(),
                    "listener " + values.get(ListenerKeys.ID)
                            + " has more than one of wake-prefix, wake-line and wake-frame; write one of them"));
        }
        WakeFilter.Builder filter = WakeFilter.newBuilder();
        values.find(ListenerKeys.MIN_BYTES).ifPresent(filter::setMinBytes);
        values.find(ListenerKeys.WAKE_PREFIX).ifPresent(filter::setPrefix);
        values.find(ListenerKeys.WAKE_FRAME).ifPresent(filter::setLengthPrefix);
        if (values.get(ListenerKeys.WAKE_LINE)) {
            filter.setCompleteLine(true);
        }
        values.find(ListenerKeys.ON_MISMATCH).ifPresent(filter::setOnMismatch);
        values.find(ListenerKeys.SOURCES).ifPresent(filter::addAllSourcePrefixes);
        return filter.build();
    }

    /** How it is handed over; a socket that has its id now is closed. */
    public TransferItem item() {
        return TransferItem.newBuilder()
                .setSocketId(id)
                .setTask(task)
                .setContext(context)
                .setKeepAlive(keepAlive)
                .setOptions(options)
                .setReplace(true)
                .build();
    }

    /**
     * Whether a brokered socket is at the place of this one: then it is not made again.
     *
     * @param resolved the address as the kernel has it, see {@link ListenAddress#resolve}
     */
    public boolean isAt(Socket socket, io.socketbroker.linux.Endpoint resolved) {
        if (!socket.getProtocol().equals(protocol())) {
            return false;
        }
        if (resolved instanceof io.socketbroker.linux.Endpoint.Inet inet && inet.port() == 0) {
            return inet.address().getHostAddress().equals(socket.getLocal().getAddress());
        }
        return socket.getLocal().getText().equals(resolved.toString());
    }

    private String protocol() {
        return switch (address.kind()) {
            case TCP -> "tcp";
            case UDP -> "udp";
            case UNIX, UNIX_SEQPACKET, UNIX_DATAGRAM -> "unix";
        };
    }
}
