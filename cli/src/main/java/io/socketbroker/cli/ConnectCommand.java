package io.socketbroker.cli;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.net.Inet6Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Makes a connection here, in this network namespace, and parks it. */
@Command(
        name = "connect",
        mixinStandardHelpOptions = true,
        description = "Opens a connection and hands it to the broker; what the peer sends wakes the task.")
final class ConnectCommand implements Callable<Integer> {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    @Mixin
    private ParkOptions park = new ParkOptions();

    @Parameters(
            paramLabel = "ADDRESS",
            converter = Address.Converter.class,
            description = Address.FORMS + ". Waits 10 s at most.")
    private Address address = new Address.Unix(Path.of("/"));

    @Override
    public Integer call() {
        park.transfer(this::open, UnaryOperator.identity());
        return ExitCode.OK;
    }

    private OwnedFd open() {
        return switch (address) {
            case Address.Tcp(var to) ->
                connect(domain(to.getAddress() instanceof Inet6Address), Sockets.SOCK_STREAM, Endpoint.of(to));
            case Address.Udp(var to) ->
                connect(domain(to.getAddress() instanceof Inet6Address), Sockets.SOCK_DGRAM, Endpoint.of(to));
            case Address.Unix(var path) ->
                connect(Sockets.AF_UNIX, Sockets.SOCK_STREAM, new Endpoint.UnixPath(path.toString()));
        };
    }

    private static int domain(boolean six) {
        return six ? Sockets.AF_INET6 : Sockets.AF_INET;
    }

    private static OwnedFd connect(int domain, int type, Endpoint to) {
        var socket = Sockets.open(domain, type, 0);
        boolean connected = false;
        try {
            // connect(2) obeys it; without, a silent host takes minutes.
            SocketOptions.setSendTimeout(socket.fd(), CONNECT_TIMEOUT);
            Sockets.connect(socket.fd(), to);
            SocketOptions.setSendTimeout(socket.fd(), Duration.ZERO);
            connected = true;
            return socket;
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }
}
