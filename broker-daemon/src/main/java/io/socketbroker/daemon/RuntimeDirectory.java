package io.socketbroker.daemon;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The folder of the broker's sockets, locked for one broker. */
final class RuntimeDirectory implements AutoCloseable {
    static final String GRPC_SOCKET = "grpc.sock";
    static final String FD_SOCKET = "fd.sock";

    /** sockaddr_un.sun_path, without its terminating NUL: unix(7). */
    private static final int LONGEST_SOCKET_PATH_BYTES = 107;

    private final Path path;
    private final boolean forAllUsers;
    private final Set<String> foreign;
    private final FileChannel lockFile;

    private RuntimeDirectory(Path path, boolean forAllUsers, Set<String> foreign, FileChannel lockFile) {
        this.path = path;
        this.forAllUsers = forAllUsers;
        this.foreign = Set.copyOf(foreign);
        this.lockFile = lockFile;
    }

    /**
     * Makes the folder if need be, and takes it for this process.
     *
     * @param forAllUsers others may connect; the kernel tells who they are
     * @throws IOException if another broker has it, or it cannot be made
     */
    static RuntimeDirectory open(Path directory, boolean forAllUsers) throws IOException {
        return open(directory, forAllUsers, Set.of(), Set.of());
    }

    /**
     * As the other.
     *
     * @param bound names of sockets that are bound there already
     * @param foreign those among them that somebody else has made: neither removed nor opened to users
     */
    static RuntimeDirectory open(Path directory, boolean forAllUsers, Set<String> bound, Set<String> foreign)
            throws IOException {
        Path path = directory.toAbsolutePath().normalize();
        if (path.resolve(GRPC_SOCKET).toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET_PATH_BYTES) {
            throw new FileSystemException(
                    path.toString(), null, "is too long for a unix socket; use a shorter --runtime-dir");
        }
        boolean existed = Files.isDirectory(path);
        Files.createDirectories(path);
        if (!existed) {
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(forAllUsers ? "rwxr-xr-x" : "rwx------"));
        }
        FileChannel lockFile =
                FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = tryLock(lockFile);
        if (lock == null) {
            lockFile.close();
            throw new FileSystemException(
                    path.toString(), null, "another broker serves here; stop it, or use another --runtime-dir");
        }
        RuntimeDirectory opened = new RuntimeDirectory(path, forAllUsers, foreign, lockFile);
        opened.removeSocketsBut(bound);
        return opened;
    }

    private void removeSocketsBut(Set<String> kept) throws IOException {
        for (String name : List.of(GRPC_SOCKET, FD_SOCKET)) {
            if (!kept.contains(name)) {
                Files.deleteIfExists(path.resolve(name));
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    Path path() {
        return path;
    }

    Path grpcSocket() {
        return path.resolve(GRPC_SOCKET);
    }

    Path fdSocket() {
        return path.resolve(FD_SOCKET);
    }

    /** Once a socket is bound: lets in whom the folder lets in. */
    void openToUsers(Path socket) throws IOException {
        if (foreign.contains(socket.getFileName().toString())) {
            return;
        }
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(forAllUsers ? "rw-rw-rw-" : "rw-------"));
    }

    /** Removes the broker's own sockets and unlocks the folder. */
    @Override
    public void close() throws IOException {
        removeSocketsBut(foreign);
        lockFile.close();
    }

    /** Unlocks the folder for a successor that serves on the same sockets. */
    void leave() throws IOException {
        lockFile.close();
    }

    /** Whether the broker has made this socket, and not the service manager. */
    boolean isOwn(String socket) {
        return !foreign.contains(socket);
    }
}
