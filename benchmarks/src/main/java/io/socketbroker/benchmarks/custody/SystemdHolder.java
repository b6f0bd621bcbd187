package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Pipes;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The descriptor store of systemd, from within one of its services: sd_notify(3) with FDSTORE=1, then BARRIER=1, whose end
 * says that the manager has read what came before; nothing else tells when a descriptor is safe.
 */
final class SystemdHolder implements Holder {
    private static final int MOST_BYTES = 128;

    private final OwnedFd socket;
    private final DescriptorChannel channel = new DescriptorChannel(MOST_BYTES);
    private final String unit;

    /** In a service that has NOTIFY_SOCKET. */
    SystemdHolder(String unit) {
        this.unit = unit;
        socket = Sockets.connectUnix(Path.of(System.getenv("NOTIFY_SOCKET")), Sockets.SOCK_DGRAM);
        SocketOptions.setSendTimeout(socket.fd(), PATIENCE);
    }

    private void notify(String message, List<Fd> descriptors) {
        if (!channel.sendBlocking(socket.fd(), message.getBytes(StandardCharsets.US_ASCII), descriptors)) {
            throw new InvalidRunException("systemd does not read");
        }
    }

    private static String name(int number) {
        return "socket-" + number;
    }

    @Override
    public void put(int number, OwnedFd descriptor, long cookie) {
        notify("FDSTORE=1\nFDPOLL=0\nFDNAME=" + name(number), List.of(descriptor.fd()));
        barrier();
    }

    private void barrier() {
        try (Pipes.Pipe pipe = Pipes.create()) {
            notify("BARRIER=1", List.of(pipe.writeEnd().fd()));
            pipe.writeEnd().close();
            if (Io.read(pipe.readEnd().fd(), new byte[1]) != 0) {
                throw new InvalidRunException("systemd wrote to a barrier");
            }
        }
    }

    @Override
    public void drop(List<Integer> numbers) {
        numbers.forEach(number -> notify("FDSTOREREMOVE=1\nFDNAME=" + name(number), List.of()));
        barrier();
    }

    @Override
    public void verify(List<Long> cookies) {
        try {
            Process systemctl = new ProcessBuilder(
                            "systemctl", "--user", "show", "--value", "-p", "NFileDescriptorStore", unit)
                    .redirectErrorStream(true)
                    .start();
            String said = systemctl.inputReader().readAllAsString().strip();
            systemctl.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (!said.equals(String.valueOf(cookies.size()))) {
                throw new InvalidRunException("systemd holds " + said + " instead of " + cookies.size());
            }
        } catch (IOException | InterruptedException e) {
            throw new InvalidRunException("systemd cannot be asked", e);
        }
    }

    @Override
    public void close() {
        channel.close();
        socket.close();
    }
}
