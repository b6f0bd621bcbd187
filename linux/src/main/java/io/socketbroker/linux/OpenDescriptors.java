package io.socketbroker.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The descriptors of a process as a snapshot, from {@code /proc/PID/fd} (proc_pid_fd(5)), for leak assertions and
 * diagnostics.
 *
 * <p>Thread-safe; other threads may open and close descriptors meanwhile.
 */
public final class OpenDescriptors {

    private OpenDescriptors() {}

    /** Number and link target ("socket:[123]") of each descriptor of this JVM, without those used for the listing. */
    public static SortedMap<Integer, String> ofThisProcess() {
        return of(Math.toIntExact(ProcessHandle.current().pid()));
    }

    /**
     * The same for any process.
     *
     * @throws LinuxException ENOENT if there is no such process, EACCES if it is another user's
     */
    public static SortedMap<Integer, String> of(int pid) {
        var directory = Path.of("/proc", Integer.toString(pid), "fd");
        // Only this JVM's listing opens the directory here, and a process that lists this one does not show up in its
        // own map.
        boolean own = pid == ProcessHandle.current().pid();
        var found = new TreeMap<Integer, String>();
        try (var entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                var target = readLink(entry);
                if (!target.isEmpty() && !(own && target.equals(directory.toString()))) {
                    found.put(Integer.valueOf(entry.getFileName().toString()), target);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw failure(directory, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw failure(directory, e);
        }
        return found;
    }

    private static String readLink(Path entry) throws IOException {
        try {
            return Files.readSymbolicLink(entry).toString();
        } catch (NoSuchFileException e) {
            return ""; // closed since it was listed
        }
    }

    private static RuntimeException failure(Path directory, IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> LinuxException.of("opendir", directory.toString(), Errno.ENOENT);
            case AccessDeniedException _ -> LinuxException.of("opendir", directory.toString(), Errno.EACCES);
            default -> new UncheckedIOException(e);
        };
    }
}
