package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.client.ActivatedSocket;
import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.Session;
import io.socketbroker.client.TaskDefinition;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Connections that are parked once, and outlive one broker after the other. For one thread. */
final class Subjects implements AutoCloseable {
    private static final String TASK = "subjects";
    private static final byte[] BYTE = {1};

    private final Path runtimeDirectory;
    private final Connections connections = new Connections();
    private final Set<Integer> woken = ConcurrentHashMap.newKeySet();
    private final AtomicInteger repeated = new AtomicInteger();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    Subjects(Path runtimeDirectory) {
        this.runtimeDirectory = runtimeDirectory;
    }

    int count() {
        return connections.count();
    }

    /** Parks more, until there are so many. */
    void park(int count) {
        try (BrokerClient client = BrokerClient.connect(runtimeDirectory)) {
            client.registerTask(TaskDefinition.ofSessions(TASK));
            while (connections.count() < count) {
                List<TransferRequest> requests = new ArrayList<>();
                while (connections.count() < count && requests.size() < DescriptorChannel.MAX_DESCRIPTORS) {
                    OwnedFd socket = connections.connect();
                    requests.add(TransferRequest.of(socket, identifier(connections.count() - 1), TASK));
                }
                client.transferAll(requests);
            }
        }
    }

    /**
     * Sends a byte to each of these through the network, and returns when a program that attached for that has each socket,
     * with the byte.
     *
     * @throws InvalidRunException if one of them does not come
     */
    void wake(List<Integer> numbers) {
        woken.clear();
        Semaphore arrived = new Semaphore(0);
        try (BrokerClient client = BrokerClient.connect(runtimeDirectory);
                Session _ = client.attach(TASK, socket -> handle(socket, arrived))) {
            for (int number : numbers) {
                Sockets.send(connections.peer(number).fd(), BYTE, 0, 1);
            }
            boolean all = arrived.tryAcquire(numbers.size(), Holder.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            RuntimeException failed = failure.get();
            if (failed != null) {
                throw failed;
            }
            if (!all) {
                throw new InvalidRunException(missing(client, numbers));
            }
        } catch (InterruptedException e) {
            throw new InvalidRunException("interrupted", e);
        }
    }

    private String missing(BrokerClient client, List<Integer> numbers) {
        List<Integer> asleep =
                numbers.stream().filter(number -> !woken.contains(number)).toList();
        String first = identifier(asleep.getFirst());
        return "of " + numbers.size() + " sockets " + asleep.size() + " were not woken, the first is " + first + ": "
                + client.explain(first);
    }

    private static String identifier(int number) {
        return "socket-" + number;
    }

    private void handle(ActivatedSocket socket, Semaphore arrived) {
        int count = Sockets.receive(socket.fd(), new byte[2]);
        if (count == 1) {
            woken.add(Integer.valueOf(socket.id().substring("socket-".length())));
            arrived.release();
        } else if (count == Sockets.WOULD_BLOCK && socket.trigger().attempt() > 1) {
            // A wake whose end was not on record yet when the broker was killed.
            repeated.incrementAndGet();
        } else {
            failure.set(new InvalidRunException(socket.id() + " came with " + count + " bytes: " + socket.trigger()));
            arrived.release();
        }
        socket.giveBack();
    }

    /** How many wakes came again after a kill, since the last time, although they had been handled. */
    int takeRepeated() {
        return repeated.getAndSet(0);
    }

    @Override
    public void close() {
        connections.close();
    }
}
