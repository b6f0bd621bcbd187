package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.vault.Vault;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.NullDevice;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Pipes;
import io.socketbroker.linux.Signals;
import io.socketbroker.linux.SpawnRequest;
import io.socketbroker.linux.SpawnedProcess;
import io.socketbroker.linux.Spawner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts vaults as children of this process that outlive it: in a session of their own, in the root folder, with the null
 * device as their standard streams but for a pipe on standard error, which is read until the vault serves.
 */
public final class VaultProcess implements VaultStarter {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(15);
    private static final int MOST_OUTPUT_BYTES = 4_096;

    /** What the JVM needs to understand a path that is not ASCII. */
    private static final List<String> LOCALE = List.of("LANG", "LC_ALL", "LC_CTYPE");

    private final List<String> command;
    private final Map<String, String> environment;
    private @Nullable OwnedFd child;

    /**
     * Starts nothing yet.
     *
     * @param command program with absolute path, and arguments
     * @param ownEnvironment of which the vault gets the locale
     */
    public VaultProcess(List<String> command, Map<String, String> ownEnvironment) {
        this.command = List.copyOf(command);
        Map<String, String> variables = new TreeMap<>();
        // One thread does all the work: more arenas of malloc(3) would only keep memory.
        variables.put("MALLOC_ARENA_MAX", "1");
        LOCALE.forEach(
                name -> Optional.ofNullable(ownEnvironment.get(name)).ifPresent(value -> variables.put(name, value)));
        this.environment = Map.copyOf(variables);
    }

    /** The vault of this socket, by the java program and the jars of this process. */
    public static VaultProcess ofThisJvm(Path socket) {
        return new VaultProcess(VaultCommand.ofThisJvm(socket), System.getenv());
    }

    @Override
    public void start() throws IOException {
        close();
        try (Pipes.Pipe pipe = Pipes.create();
                OwnedFd nullDevice = NullDevice.open()) {
            SpawnedProcess vault = Spawner.spawn(new SpawnRequest(
                    command.getFirst(),
                    command,
                    environment,
                    List.of(
                            new SpawnRequest.Mapping(nullDevice.fd(), Fd.STDIN.number()),
                            new SpawnRequest.Mapping(nullDevice.fd(), Fd.STDOUT.number()),
                            new SpawnRequest.Mapping(pipe.writeEnd().fd(), Fd.STDERR.number())),
                    Optional.of("/"),
                    true));
            child = vault.pidfd();
            pipe.writeEnd().close();
            String said = read(pipe.readEnd().fd());
            if (!serves(said)) {
                PidFd.sendSignal(vault.pidfd().fd(), Signals.SIGKILL);
                reap(true);
                throw new IOException(
                        "the vault did not start: " + (said.isBlank() ? "it said nothing" : said.strip()));
            }
        } catch (LinuxException e) {
            throw new IOException("the vault did not start: " + e.getMessage(), e);
        }
    }

    private static boolean serves(String said) {
        int line = said.indexOf(Vault.SERVING);
        return line >= 0 && said.indexOf('\n', line) >= 0;
    }

    /** What it says until it serves, ends, or has had time enough. */
    private static String read(Fd pipe) {
        StringBuilder said = new StringBuilder();
        byte[] piece = new byte[MOST_OUTPUT_BYTES];
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        try (Epoll epoll = new Epoll(1)) {
            epoll.add(pipe, Epoll.EPOLLIN, 0);
            for (long left = START_TIMEOUT.toNanos(); left > 0; left = deadline - System.nanoTime()) {
                if (epoll.await((int) TimeUnit.NANOSECONDS.toMillis(left) + 1) == 0) {
                    continue;
                }
                int count = Io.read(pipe, piece);
                if (count <= 0) {
                    break;
                }
                said.append(new String(piece, 0, count, StandardCharsets.UTF_8));
                if (serves(said.toString()) || said.length() > MOST_OUTPUT_BYTES) {
                    break;
                }
            }
            epoll.delete(pipe);
        }
        return said.toString();
    }

    /** Reaps the last one if it has ended. */
    @Override
    public void close() {
        reap(false);
    }

    private void reap(boolean block) {
        OwnedFd last = child;
        child = null;
        if (last != null) {
            try (last) {
                PidFd.waitFor(last.fd(), block);
            }
        }
    }
}
