package io.socketbroker.cli;

import io.socketbroker.client.BrokeredSocket;
import io.socketbroker.v1.ListSocketsResponse;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** All sockets that the caller may see. */
@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the sockets that the broker has.")
final class ListCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        List<BrokeredSocket> sockets;
        try (var client = broker.connect()) {
            sockets = client.listSockets();
        }
        if (output.isJson()) {
            var all = ListSocketsResponse.newBuilder();
            sockets.forEach(socket -> all.addSockets(socket.message()));
            output.json(all);
            return ExitCode.OK;
        }
        var table = Table.withTitles("APP", "ID", "STATE", "PROTOCOL", "KIND", "LOCAL", "PEER", "TASK", "WAKES");
        for (var socket : sockets) {
            table.row(
                    socket.key().getApp(),
                    socket.id(),
                    Words.word(socket.state(), "SOCKET_STATE_"),
                    socket.message().getProtocol(),
                    Words.word(socket.kind(), "SOCKET_KIND_"),
                    socket.localAddress(),
                    socket.peerAddress().orElse(""),
                    socket.task(),
                    socket.message().getActivations());
        }
        output.table(table);
        return ExitCode.OK;
    }
}
