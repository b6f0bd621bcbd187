package io.socketbroker.daemon.journal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** RocksDB between one opening and its end. A use after the end would crash the JVM: {@link Store} guards against it. */
final class OpenDatabase implements AutoCloseable {
    private final RocksDB database;
    private final List<ColumnFamilyHandle> handles;
    private final Map<Family, ColumnFamilyHandle> families = new EnumMap<>(Family.class);

    private OpenDatabase(RocksDB database, List<ColumnFamilyHandle> handles) {
        this.database = database;
        this.handles = handles;
    }

    /** With all families that it has, also those of a newer version, and all that this version needs. */
    static OpenDatabase open(Path path, DBOptions how, StoreOptions options) throws RocksDBException {
        List<byte[]> names = namesIn(path, how.createIfMissing());
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        for (byte[] name : names) {
            descriptors.add(new ColumnFamilyDescriptor(
                    name, familyOf(name).map(options::of).orElse(options.ofOthers())));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        OpenDatabase opened = new OpenDatabase(RocksDB.open(how, path.toString(), descriptors, handles), handles);
        for (int i = 0; i < handles.size(); i++) {
            ColumnFamilyHandle handle = handles.get(i);
            familyOf(names.get(i)).ifPresent(family -> opened.families.put(family, handle));
        }
        return opened;
    }

    private static List<byte[]> namesIn(Path path, boolean create) throws RocksDBException {
        List<byte[]> names = new ArrayList<>();
        if (!create) {
            try (Options plain = new Options()) {
                names.addAll(RocksDB.listColumnFamilies(plain, path.toString()));
            }
        }
        addMissing(names, RocksDB.DEFAULT_COLUMN_FAMILY);
        for (Family family : Family.values()) {
            addMissing(names, family.id());
        }
        return names;
    }

    private static void addMissing(List<byte[]> names, byte[] name) {
        if (names.stream().noneMatch(other -> Arrays.equals(other, name))) {
            names.add(name);
        }
    }

    private static Optional<Family> familyOf(byte[] name) {
        return Arrays.stream(Family.values())
                .filter(family -> Arrays.equals(family.id(), name))
                .findFirst();
    }

    RocksDB database() {
        return database;
    }

    ColumnFamilyHandle handle(Family family) {
        return Objects.requireNonNull(families.get(family));
    }

    /** Releases what is native, the handles first. */
    @Override
    public void close() {
        handles.forEach(ColumnFamilyHandle::close);
        database.close();
    }
}
