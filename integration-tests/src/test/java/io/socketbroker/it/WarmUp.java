package io.socketbroker.it;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.GetStatusRequest;
import io.socketbroker.v1.SocketDisposition;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.UnregisterTaskRequest;
import io.socketbroker.v1.WatchEventsRequest;

/** Every road through the daemon once: its JVM opens files when it first needs them. */
final class WarmUp {
    private WarmUp() {}

    static void run(BrokerProcess broker) {
        try (ProtocolClient client = new ProtocolClient(broker.runtimeDirectory());
                Link woken = Link.tcp();
                Link refused = Link.tcp();
                Link reclaimed = Link.unix(Sockets.SOCK_STREAM)) {
            client.register("warm-up", Specs.lineAnswerer());
            client.park(woken.mine(), "warm-up", "woken");
            client.park(reclaimed.mine(), "warm-up", "reclaimed");
            woken.peer().send("warm\n");
            woken.peer().readLine();
            client.reclaim("reclaimed").descriptor().close();
            Refusal.of(() -> client.transfer(
                    refused.mine().fd(),
                    TransferItem.newBuilder().setTask("unknown").setSocketId("refused")));
            client.admin().getStatus(GetStatusRequest.getDefaultInstance());
            client.admin().watchEvents(WatchEventsRequest.getDefaultInstance()).forEachRemaining(_ -> {});
            HealthGrpc.newBlockingStub(client.channel()).check(HealthCheckRequest.getDefaultInstance());
            client.tasks()
                    .unregisterTask(UnregisterTaskRequest.newBuilder()
                            .setKey(TaskKey.newBuilder().setName("warm-up"))
                            .setSockets(SocketDisposition.SOCKET_DISPOSITION_CLOSE)
                            .build());
        }
    }
}
