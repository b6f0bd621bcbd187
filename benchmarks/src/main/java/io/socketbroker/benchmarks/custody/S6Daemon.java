package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.benchmarks.harness.Programs;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An s6-fdholderd that serves everything to this user (s6-fdholderd, "access control").
 *
 * @param pid of the process
 * @param socket where it listens
 * @param store the program s6-fdholder-store
 * @param libraryPath for its programs; empty if they are installed
 */
record S6Daemon(long pid, Path socket, Path store, String libraryPath) {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Nothing, with a line in the report, if it is not installed. */
    static Optional<S6Daemon> start(Workshop workshop, Report report, String name) throws IOException {
        Optional<Path> binder = Programs.find(report, "s6-ipcserver-socketbinder");
        Optional<Path> daemon = Programs.find(report, "s6-fdholderd");
        Optional<Path> store = Programs.find(report, "s6-fdholder-store");
        if (binder.isEmpty() || daemon.isEmpty() || store.isEmpty()) {
            return Optional.empty();
        }
        Path folder = Files.createDirectory(workshop.folder().resolve(name));
        String uid = String.valueOf(Files.getAttribute(folder, "unix:uid"));
        Path rights =
                Files.createDirectories(folder.resolve("rules/uid").resolve(uid).resolve("env"));
        Files.createFile(rights.resolveSibling("allow"));
        Files.writeString(rights.resolve("S6_FDHOLDER_STORE_REGEX"), ".*");
        Files.writeString(rights.resolve("S6_FDHOLDER_RETRIEVE_REGEX"), ".*");
        Path socket = folder.resolve("socket");
        String libraryPath =
                Optional.ofNullable(System.getenv("S6_LIBRARY_PATH")).orElse("");
        ProcessBuilder builder = new ProcessBuilder(
                        binder.get().toString(),
                        "--",
                        socket.toString(),
                        daemon.get().toString(),
                        "-n",
                        "18000",
                        "-i",
                        folder.resolve("rules").toString())
                .inheritIO();
        builder.environment().put("LD_LIBRARY_PATH", libraryPath);
        Process process = workshop.start(builder);
        awaitSocket(process, socket);
        return Optional.of(new S6Daemon(process.pid(), socket, store.get(), libraryPath));
    }

    private static void awaitSocket(Process process, Path socket) {
        long begun = System.nanoTime();
        while (!Files.exists(socket)) {
            if (!process.isAlive() || System.nanoTime() - begun > START_NANOS) {
                throw new InvalidRunException("s6-fdholderd does not listen on " + socket);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
