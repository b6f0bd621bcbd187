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
import org.jspecify.annotations.Nullable;

/** The folder of the broker's sockets, locked for one broker. */
final class RuntimeDirectory implements AutoCloseable {
    /** sockaddr_un.sun_path, without its terminating NUL: unix(7). */
    private static final int LONGEST_SOCKET_PATH_BYTES = 107;

    private final Path path;
    private final boolean forAllUsers;
    private final FileChannel lockFile;

    private RuntimeDirectory(Path path, boolean forAllUsers, FileChannel lockFile) {
        this.path = path;
        this.forAllUsers = forAllUsers;
        this.lockFile = lockFile;
    }

    /**
     * Makes the folder if need be, and takes it for this process.
     *
     * @param forAllUsers others may connect; the kernel tells who they are
     * @throws IOException if another broker has it, or it cannot be made
     */
    static RuntimeDirectory open(Path directory, boolean forAllUsers) throws IOException {
        Path path = directory.toAbsolutePath().normalize();
        if (path.resolve("grpc.sock").toString().getBytes(StandardCharsets.UTF_8).length
                > LONGEST_SOCKET_PATH_BYTES) {
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
        RuntimeDirectory opened = new RuntimeDirectory(path, forAllUsers, lockFile);
        Files.deleteIfExists(opened.grpcSocket());
        Files.deleteIfExists(opened.fdSocket());
        return opened;
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
        return path.resolve("grpc.sock");
    }

    Path fdSocket() {
        return path.resolve("fd.sock");
    }

    /** Once a socket is bound: lets in whom the folder lets in. */
    void openToUsers(Path socket) throws IOException {
        Files.setPosixFilePermissions(
                socket, PosixFilePermissions.fromString(forAllUsers ? "rw-rw-rw-" : "rw-------"));
    }

    /** Removes the sockets and unlocks the folder. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(grpcSocket());
        Files.deleteIfExists(fdSocket());
        lockFile.close();
    }
}
