package io.socketbroker.cli;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.AcceptMode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a listening or datagram socket here, in this network namespace, and parks it. */
@Command(
        name = "listen",
        mixinStandardHelpOptions = true,
        description = "Opens a TCP or unix listener or a UDP socket and hands it to the broker.")
final class ListenCommand implements Callable<Integer> {

    @Mixin
    private ParkOptions park = new ParkOptions();

    @Mixin
    private ListenerArguments listener = new ListenerArguments();

    @Option(
            names = "--accept",
            paramLabel = "HOW",
            converter = AcceptConverter.class,
            defaultValue = "per-connection",
            description = "per-connection (default): the broker accepts and each connection wakes the task, as inetd's"
                    + " nowait. listener: the handler gets the listener and accepts by itself.")
    private AcceptMode accept = AcceptMode.ACCEPT_MODE_PER_CONNECTION;

    @Option(
            names = "--backlog",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Connections that wait in the kernel; default: ${DEFAULT-VALUE}.")
    private int backlog;

    @Parameters(
            paramLabel = "ADDRESS",
            converter = Address.Converter.class,
            description = Address.FORMS + ". Port 0 lets the kernel choose.")
    private Address address = new Address.Unix(java.nio.file.Path.of("/"));

    @Override
    public Integer call() {
        park.transfer(
                this::open,
                options -> listener.over(address instanceof Address.Udp ? options : options.withAcceptMode(accept)));
        return ExitCode.OK;
    }

    private OwnedFd open() {
        return switch (address) {
            case Address.Tcp(var at) -> Sockets.listenTcp(at, backlog);
            case Address.Udp(var at) -> Sockets.bindUdp(at);
            case Address.Unix(var path) -> Sockets.listenUnix(path, Sockets.SOCK_STREAM, backlog);
        };
    }

    /** The words of --accept. */
    static final class AcceptConverter extends EnumConverter<AcceptMode> {
        AcceptConverter() {
            super(AcceptMode.class, "ACCEPT_MODE_");
        }
    }
}
