package io.socketbroker.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A signal as something to read (signalfd(2)), for a process that was started with it blocked.
 *
 * <p>The kernel gives a signal to any thread that does not block it, and the JVM unblocks SIGHUP in all of its threads unless
 * it is ignored when the JVM starts. So whoever starts the JVM ignores and blocks the signal, for example with
 * {@code env --ignore-signal=HUP --block-signal=HUP java ...} (coreutils): a signal that is blocked stays pending although it
 * is ignored, and all threads inherit both. Handlers do not: {@link Spawner} gives them an empty mask and default actions.
 *
 * <p>{@link #await} is for one thread.
 */
public final class SignalFd implements AutoCloseable {

    private static final Path STATUS = Path.of("/proc/self/status");

    private final OwnedFd descriptor;
    private final byte[] information = new byte[Abi.SIGNALFD_SIGINFO_SIZE];

    private SignalFd(OwnedFd descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * A descriptor for this signal; empty if the process was not started with it ignored and blocked, and so would not get
     * it here.
     */
    public static Optional<SignalFd> open(int signal) {
        if (!isIn("SigBlk:", signal) || !isIn("SigIgn:", signal)) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            var set = new NativeBlock(arena.allocate(Abi.SIGSET_SIZE, Long.BYTES));
            set.setLong(0, 1L << (signal - 1));
            int number = LibcEvents.SIGNALFD.call(-1, set.address(), Abi.SFD_CLOEXEC);
            return Optional.of(new SignalFd(OwnedFd.own(LinuxException.check("signalfd", number))));
        }
    }

    /** Of the first thread, as proc_pid_status(5) has it; the others have inherited it. */
    private static boolean isIn(String set, int signal) {
        try {
            List<String> lines = Files.readAllLines(STATUS);
            return lines.stream()
                    .filter(line -> line.startsWith(set))
                    .mapToLong(line ->
                            Long.parseUnsignedLong(line.substring(set.length()).strip(), 16))
                    .anyMatch(mask -> (mask & 1L << (signal - 1)) != 0);
        } catch (IOException _) {
            return false;
        }
    }

    /** Waits for the signal; those that come while nobody waits count as one. */
    public void await() {
        Io.read(descriptor.fd(), information);
    }

    /** Not while another thread waits: that thread goes on waiting. */
    @Override
    public void close() {
        descriptor.close();
    }
}
