package io.socketbroker.daemon.journal;

import io.socketbroker.daemon.journal.StoreException.Problem;
import io.socketbroker.linux.Users;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The broker's state folder, locked for one broker: {@code lock} with its process id, {@code native} for the native library
 * and {@code store}, which may be moved away to start empty. Contexts are secrets of applications, so only the owner gets
 * in.
 */
final class StoreFolder implements AutoCloseable {
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PRIVATE);
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final int LONGEST_PID = 20;

    /**
     * Folders that this JVM has, by device and inode. A lock does not keep out its own process, and the attempt would lose
     * it: closing any descriptor of a file gives up all its locks (fcntl_locking(2)).
     */
    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    private final Path state;
    private final Object identity;
    private final FileChannel lockFile;

    private StoreFolder(Path state, Object identity, FileChannel lockFile) {
        this.state = state;
        this.identity = identity;
        this.lockFile = lockFile;
    }

    /**
     * Makes the folder if need be, and takes it for this process.
     *
     * @throws StoreException IN_USE, FOREIGN_OWNER or UNUSABLE
     */
    static StoreFolder open(Path directory) {
        Path state = directory.toAbsolutePath().normalize();
        try {
            Files.createDirectories(state, PRIVATE_FOLDER);
            requireOwner(state);
            Object identity = Objects.requireNonNull(Files.getAttribute(state, "unix:fileKey"));
            if (!HELD.add(identity)) {
                throw inUse(state, ProcessHandle.current().pid() + " (this process)");
            }
            try {
                return lock(state, identity);
            } catch (IOException | RuntimeException e) {
                HELD.remove(identity);
                throw e;
            }
        } catch (IOException e) {
            throw new StoreException(
                    Problem.UNUSABLE,
                    "the state folder " + state + " cannot be used: " + e
                            + "; make it writable for this user, or choose another",
                    e);
        }
    }

    private static StoreFolder lock(Path state, Object identity) throws IOException {
        FileChannel file = FileChannel.open(
                state.resolve("lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PRIVATE_FILE);
        try {
            FileLock lock = file.tryLock();
            if (lock == null) {
                throw inUse(state, readPid(file));
            }
            // Always of the same length, so that the file needs no more space than before on a full disk.
            byte[] pid = Arrays.copyOf(
                    Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII), LONGEST_PID);
            file.write(ByteBuffer.wrap(pid), 0);
            StoreFolder folder = new StoreFolder(state, identity, file);
            folder.makePrivate(folder.store());
            folder.makePrivate(folder.library());
            return folder;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void makePrivate(Path folder) throws IOException {
        Files.createDirectories(folder, PRIVATE_FOLDER);
        requireOwner(folder);
        Files.setPosixFilePermissions(folder, PRIVATE);
    }

    private static void requireOwner(Path folder) throws IOException {
        int uid = Users.uid();
        if (!Objects.equals(Files.getAttribute(folder, "unix:uid"), uid)) {
            throw new StoreException(
                    Problem.FOREIGN_OWNER,
                    "the folder " + folder + " belongs to uid "
                            + Integer.toUnsignedString((Integer) Files.getAttribute(folder, "unix:uid"))
                            + ", and this broker is uid " + Integer.toUnsignedString(uid)
                            + "; choose another state folder, or change its owner");
        }
    }

    private static String readPid(FileChannel file) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(LONGEST_PID);
        file.read(text, 0);
        String pid = StandardCharsets.US_ASCII.decode(text.flip()).toString().replace("\0", "");
        return pid.isEmpty() ? "unknown" : pid;
    }

    private static StoreException inUse(Path state, String pid) {
        return new StoreException(
                Problem.IN_USE,
                "another broker, process " + pid + ", has the state folder " + state
                        + "; stop it, or choose another state folder");
    }

    /** Everything that is kept; without it a broker starts empty. */
    Path store() {
        return state.resolve("store");
    }

    /** RocksDB's own folder. */
    Path database() {
        return store().resolve("db");
    }

    /** See {@link Seal}. */
    Path seal() {
        return store().resolve("seal");
    }

    /** For the native library. */
    Path library() {
        return state.resolve("native");
    }

    /** What to do about a store that cannot be used as it is. */
    String remedy() {
        return "move " + store()
                + " away to start empty (tasks are then registered anew, and sockets that the vault holds"
                + " are kept as unknown), or put a backup of it in its place";
    }

    /** Lets another broker have it. */
    @Override
    public void close() {
        if (!lockFile.isOpen()) {
            return;
        }
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new StoreException(Problem.UNUSABLE, "cannot give up " + state + ": " + e.getMessage(), e);
        } finally {
            HELD.remove(identity);
        }
    }
}
