package io.socketbroker.daemon.supervisor;

import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the service manager passed on at the start, by LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES of sd_listen_fds(3):
 * listeners that it made, and descriptors that a former process left with it. Each has FD_CLOEXEC from here on. Names need
 * not be unique. Not thread-safe.
 */
public final class InheritedDescriptors implements AutoCloseable {
    /** SD_LISTEN_FDS_START. */
    private static final int FIRST = 3;

    private static final String COUNT = "LISTEN_FDS";
    private static final String NAMES = "LISTEN_FDNAMES";

    private final List<Inherited> left = new ArrayList<>();

    /**
     * One of them.
     *
     * @param name as the manager calls it; "unknown" if it does not say
     * @param descriptor whoever takes it is its owner
     */
    public record Inherited(String name, OwnedFd descriptor) {}

    private InheritedDescriptors() {}

    /** For a process that was started in another way. */
    public static InheritedDescriptors none() {
        return new InheritedDescriptors();
    }

    /**
     * Takes them over; only once in the life of a process. None if LISTEN_PID is another process.
     *
     * @throws IOException if the variables contradict each other or the descriptors; none is closed then
     */
    public static InheritedDescriptors take(Map<String, String> environment, long ownPid) throws IOException {
        return take(environment, ownPid, FIRST);
    }

    static InheritedDescriptors take(Map<String, String> environment, long ownPid, int first) throws IOException {
        InheritedDescriptors inherited = new InheritedDescriptors();
        if (!environment.getOrDefault("LISTEN_PID", "").equals(Long.toString(ownPid))) {
            return inherited;
        }
        int count = count(environment.getOrDefault(COUNT, ""));
        List<String> names = names(environment.get(NAMES), count);
        for (int i = 0; i < count; i++) {
            closeOnExec(new Fd(first + i));
        }
        for (int i = 0; i < count; i++) {
            inherited.left.add(new Inherited(names.get(i), OwnedFd.own(first + i)));
        }
        return inherited;
    }

    private static int count(String value) throws IOException {
        try {
            int count = Integer.parseInt(value);
            if (count >= 0) {
                return count;
            }
        } catch (NumberFormatException _) {
            // The same as one that is out of range.
        }
        throw new IOException(COUNT + "=" + value + " is not a number of descriptors");
    }

    private static List<String> names(@Nullable String value, int count) throws IOException {
        if (value == null) {
            return Collections.nCopies(count, "unknown");
        }
        List<String> names = count == 0 ? List.of() : List.of(value.split(":", -1));
        if (names.size() != count) {
            throw new IOException(NAMES + "=" + value + " does not name " + count + " descriptors");
        }
        return names;
    }

    private static void closeOnExec(Fd descriptor) throws IOException {
        try {
            DescriptorFlags.setCloseOnExec(descriptor, true);
        } catch (LinuxException e) {
            throw new IOException(COUNT + " counts descriptor " + descriptor.number() + ": " + e.getMessage(), e);
        }
    }

    /** Those whose name passes, in the order of their numbers; they are the caller's then. */
    public List<Inherited> takeNamed(Predicate<String> name) {
        List<Inherited> taken = new ArrayList<>();
        for (Iterator<Inherited> each = left.iterator(); each.hasNext(); ) {
            Inherited inherited = each.next();
            if (name.test(inherited.name)) {
                each.remove();
                taken.add(inherited);
            }
        }
        return taken;
    }

    /** Names of those that nobody has taken. */
    public List<String> namesLeft() {
        return left.stream().map(Inherited::name).toList();
    }

    /** Closes those that nobody has taken. */
    @Override
    public void close() {
        left.forEach(inherited -> inherited.descriptor.close());
        left.clear();
    }
}
