package io.socketbroker.benchmarks.wake;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.TaskDefinition;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.OwnedFd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The application's side of a broker: a task that launches nothing, and its sockets. For one thread. */
final class Broker implements AutoCloseable {
    private final BrokerClient client;
    private final String task;

    /** Registers the task. Its name is in the ids of its sockets, so that tasks do not meet. */
    Broker(Path runtimeDirectory, String task) {
        this.client = BrokerClient.connect(runtimeDirectory);
        this.task = task;
        client.registerTask(TaskDefinition.ofSessions(task));
    }

    BrokerClient client() {
        return client;
    }

    String task() {
        return task;
    }

    void park(List<OwnedFd> sockets, int first) {
        List<TransferRequest> requests = new ArrayList<>();
        for (int i = 0; i < sockets.size(); i++) {
            requests.add(TransferRequest.of(sockets.get(i), task + "-" + (first + i), task));
        }
        client.transferAll(requests);
    }

    /** The number of a socket, from its id. */
    static int indexOf(String socketId) {
        return Integer.parseInt(socketId, socketId.lastIndexOf('-') + 1, socketId.length(), 10);
    }

    @Override
    public void close() {
        client.close();
    }
}
