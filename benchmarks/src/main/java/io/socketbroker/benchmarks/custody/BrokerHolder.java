package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.ReclaimedSocket;
import io.socketbroker.client.TaskDefinition;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.OwnedFd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The whole broker, through the SDK: what an application does that parks its connections. */
final class BrokerHolder implements Holder {
    private static final String TASK = "park";
    private static final String PARKED = "PARKED";

    private final BrokerClient client;

    BrokerHolder(Path runtimeDirectory) {
        client = BrokerClient.connect(runtimeDirectory);
        client.registerTask(TaskDefinition.ofSessions(TASK));
    }

    private static String identifier(int number) {
        return "socket-" + number;
    }

    /** The SDK closes a descriptor that the broker has taken; the caller's stays as it is. */
    private static TransferRequest request(int number, OwnedFd socket) {
        return TransferRequest.of(socket, identifier(number), TASK);
    }

    @Override
    public void put(int number, OwnedFd socket, long cookie) {
        client.transfer(request(number, socket));
    }

    @Override
    public void putAll(int first, List<OwnedFd> sockets, List<Long> cookies) {
        List<TransferRequest> requests = new ArrayList<>();
        for (int i = 0; i < sockets.size(); i++) {
            requests.add(request(first + i, sockets.get(i)));
        }
        client.transferAll(requests);
    }

    @Override
    public void drop(List<Integer> numbers) {
        for (int from = 0; from < numbers.size(); from += DescriptorChannel.MAX_DESCRIPTORS) {
            int to = Math.min(numbers.size(), from + DescriptorChannel.MAX_DESCRIPTORS);
            client.reclaimAll(numbers.subList(from, to).stream()
                            .map(BrokerHolder::identifier)
                            .toList())
                    .forEach(ReclaimedSocket::close);
        }
    }

    @Override
    public OwnedFd take(int number, long cookie) {
        return client.reclaim(identifier(number)).descriptor();
    }

    @Override
    public void verify(List<Long> cookies) {
        int parked = client.status().socketsByState().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(PARKED))
                .mapToInt(Map.Entry::getValue)
                .sum();
        if (parked != cookies.size()) {
            throw new InvalidRunException("the broker says " + client.status().socketsByState() + " instead of "
                    + cookies.size() + " parked");
        }
        for (int number = 0; number < cookies.size(); number += CustodyProgram.SAMPLE_EVERY) {
            if (client.getSocket(identifier(number)).cookie() != cookies.get(number)) {
                throw new InvalidRunException("the broker holds another " + number);
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
