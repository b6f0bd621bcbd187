package io.socketbroker.daemon.journal;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native library from a place of our choice. RocksDB by itself extracts 17 MB to the temporary folder at
 * each start, which fails where that is mounted noexec, and leaves them there when the process is killed.
 *
 * <p>A library in {@code java.library.path} is preferred: that is for packages, which install it as a file, under the name
 * that RocksDB looks for in a folder ("librocksdbjnijni-linux64.so"). Else the one in the jar is extracted once, to a folder
 * that is named by its checksum.
 */
final class NativeLibrary {
    /** How the library is called in the jar. */
    private static final String NAME = Environment.getJniLibraryFileName("rocksdb");

    /** What {@link RocksDB#loadLibrary(List)} looks for in a folder. */
    private static final String FILE_NAME = Environment.getJniLibraryFileName("rocksdbjni");

    /** Guarded by the class. */
    private static boolean loaded;

    private NativeLibrary() {}

    /**
     * Loads it, unless this JVM has it already.
     *
     * @param folder where to extract it to; only its owner may write there
     * @throws StoreException if it cannot be extracted or loaded
     */
    static synchronized void load(Path folder) {
        if (loaded) {
            return;
        }
        try {
            Optional<Path> installed = installed();
            RocksDB.loadLibrary(List.of((installed.isPresent() ? installed.get() : extract(folder)).toString()));
            loaded = true;
        } catch (IOException | UnsatisfiedLinkError e) {
            throw new StoreException(
                    StoreException.Problem.UNUSABLE,
                    "cannot load RocksDB's native library from " + folder + ": " + e.getMessage()
                            + "; it needs about 17 MB there, on a file system that is not mounted noexec, or the file "
                            + FILE_NAME + " in a folder of java.library.path",
                    e);
        }
    }

    private static Optional<Path> installed() {
        return Arrays.stream(System.getProperty("java.library.path", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder).toAbsolutePath())
                .filter(folder -> Files.exists(folder.resolve(FILE_NAME)))
                .findFirst();
    }

    /** The folder that has the library. */
    static Path extract(Path folder) throws IOException {
        URL resource = RocksDBException.class.getResource("/" + NAME);
        if (resource == null) {
            throw new IOException("rocksdbjni has no " + NAME + " for this machine");
        }
        URLConnection connection = resource.openConnection();
        connection.setUseCaches(false);
        if (!(connection instanceof JarURLConnection inJar)) {
            throw new IOException(resource + " is not in a jar");
        }
        try (JarFile jar = inJar.getJarFile()) {
            ZipEntry entry = jar.getEntry(NAME);
            Path versioned = folder.resolve(HexFormat.of().toHexDigits((int) entry.getCrc()));
            Path library = versioned.resolve(FILE_NAME);
            if (!Files.exists(library) || Files.size(library) != entry.getSize()) {
                removeOthers(folder);
                Files.createDirectories(
                        versioned, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                copy(jar, entry, library);
            }
            return versioned;
        }
    }

    /** Under its name only once it is whole on the disk: what is there is never checked again but for its size. */
    private static void copy(JarFile jar, ZipEntry entry, Path library) throws IOException {
        Path part = library.resolveSibling(FILE_NAME + ".part");
        try (InputStream from = jar.getInputStream(entry)) {
            Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("r-x------"));
        try (FileChannel file = FileChannel.open(part, StandardOpenOption.READ)) {
            file.force(true);
        }
        Files.move(part, library, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Those of other versions. */
    private static void removeOthers(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(folder, "[0-9a-f]*")) {
            for (Path version : versions) {
                Files.deleteIfExists(version.resolve(FILE_NAME));
                Files.deleteIfExists(version.resolve(FILE_NAME + ".part"));
                Files.deleteIfExists(version);
            }
        }
    }
}
