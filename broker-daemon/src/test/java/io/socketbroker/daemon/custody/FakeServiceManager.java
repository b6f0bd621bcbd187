package io.socketbroker.daemon.custody;

import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * A datagram socket with a descriptor store behind it, by the rules of sd_notify(3): stores by name, removes by name, closes
 * the descriptor of a barrier, and keeps silent about everything. It reads on a thread of its own.
 */
final class FakeServiceManager implements AutoCloseable {
    private final OwnedFd socket = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_DGRAM, 0);
    private final Semaphore reading = new Semaphore(1);
    private final Map<String, OwnedFd> store = new LinkedHashMap<>();
    private final List<String> messages = new ArrayList<>();
    private final Thread thread;

    FakeServiceManager(Path path) {
        Sockets.bind(socket.fd(), new Endpoint.UnixPath(path.toString()));
        thread = Thread.ofPlatform().name("service-manager").start(this::run);
    }

    private void run() {
        DescriptorChannel channel = new DescriptorChannel(4_096);
        while (channel.receiveBlocking(socket.fd()) instanceof Received.Message message) {
            reading.acquireUninterruptibly();
            try (message) {
                take(new String(message.payload(), StandardCharsets.UTF_8), message.descriptors());
            } finally {
                reading.release();
            }
        }
    }

    private void take(String text, List<OwnedFd> descriptors) {
        Map<String, String> lines = new LinkedHashMap<>();
        text.lines().forEach(line -> lines.put(line.split("=", 2)[0], line.split("=", 2)[1]));
        messages.add(String.join(" ", lines.keySet()));
        String name = lines.getOrDefault("FDNAME", "");
        OwnedFd former = null;
        if (lines.containsKey("FDSTORE") && lines.getOrDefault("FDPOLL", "1").equals("0")) {
            former = store.put(name, OwnedFd.own(descriptors.getFirst().release()));
        } else if (lines.containsKey("FDSTOREREMOVE")) {
            former = store.remove(name);
        }
        if (former != null) {
            former.close();
        }
    }

    /** Reads nothing until resumed, as systemd does during a reload. */
    void pause() {
        reading.acquireUninterruptibly();
    }

    void resume() {
        reading.release();
    }

    List<String> names() {
        reading.acquireUninterruptibly();
        try {
            return List.copyOf(store.keySet());
        } finally {
            reading.release();
        }
    }

    /** The keys of the messages so far. */
    List<String> messages() {
        reading.acquireUninterruptibly();
        try {
            return List.copyOf(messages);
        } finally {
            reading.release();
        }
    }

    /** Gives the store to the test, as at a restart. */
    Map<String, OwnedFd> handOver() {
        reading.acquireUninterruptibly();
        try {
            Map<String, OwnedFd> handed = new LinkedHashMap<>(store);
            store.clear();
            return handed;
        } finally {
            reading.release();
        }
    }

    @Override
    public void close() {
        if (reading.availablePermits() == 0) {
            // A test ended early.
            resume();
        }
        Sockets.shutdown(socket.fd(), Sockets.SHUT_RD);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        socket.close();
        store.values().forEach(OwnedFd::close);
    }
}
