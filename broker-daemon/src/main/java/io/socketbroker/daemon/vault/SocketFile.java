package io.socketbroker.daemon.vault;

import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * The path of the vault's socket, locked for one vault by a file beside it. The lock ends with the process, whatever ends
 * it, so that nothing has to be guessed about a socket that is there already.
 */
final class SocketFile {
    /** sockaddr_un.sun_path, without its terminating NUL: unix(7). */
    private static final int LONGEST_BYTES = 107;

    private static final int BACKLOG = 16;

    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final Path path;

    /** Open while the process lives: closing it would unlock the path. */
    private final FileChannel lockFile;

    private SocketFile(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Locks a path, and removes the socket that a killed vault left there.
     *
     * @throws IOException if another vault has it, or it is not a path for a socket
     */
    static SocketFile lock(Path given) throws IOException {
        Path path = given.toAbsolutePath().normalize();
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_BYTES) {
            throw refusal(path, "is longer than the 107 bytes of a unix socket's path");
        }
        FileChannel lockFile = openLock(Path.of(path.toString().concat(".lock")));
        if (lockFile.tryLock() == null) {
            lockFile.close();
            throw refusal(path, "another vault serves here");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther()) {
                lockFile.close();
                throw refusal(path, "is a file of another kind, which is not replaced");
            }
            Files.delete(path);
        }
        return new SocketFile(path, lockFile);
    }

    private static FileChannel openLock(Path path) throws IOException {
        try {
            // Nobody else may open it: whoever can read a file can lock it.
            return FileChannel.open(
                    path,
                    EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (NoSuchFileException e) {
            throw refusal(path, "cannot be made, as its folder does not exist");
        }
    }

    private static FileSystemException refusal(Path path, String why) {
        return new FileSystemException(path.toString(), null, why);
    }

    /** A listening, non-blocking socket that only this user can connect to. */
    OwnedFd listen() throws IOException {
        OwnedFd listener = Sockets.listenUnix(path, Sockets.SOCK_SEQPACKET, BACKLOG);
        // Whoever connected before is turned away by uid.
        Files.setPosixFilePermissions(path, OWNER_ONLY);
        DescriptorFlags.setNonBlocking(listener.fd(), true);
        return listener;
    }

    Path path() {
        return path;
    }

    /** Removes the socket; the lock stays until the process ends. */
    void remove() {
        try {
            if (lockFile.isOpen()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException _) {
            // The next vault removes it.
        }
    }
}
