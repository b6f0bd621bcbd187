package io.socketbroker.daemon.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NativeLibraryTest {
    @TempDir
    private Path folder;

    private static Path libraryIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(NativeLibrary.extract(folder))) {
            List<Path> found = files.toList();
            assertThat(found).hasSize(1);
            return found.getFirst();
        }
    }

    @Test
    void shouldExtractForTheOwnerAloneAndOnlyOnce() throws IOException {
        Path library = libraryIn(folder);
        assertThat(library).isRegularFile();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(library)))
                .isEqualTo("r-x------");
        FileTime past = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(library, past);
        assertThat(libraryIn(folder)).isEqualTo(library);
        assertThat(Files.getLastModifiedTime(library)).isEqualTo(past);
    }

    @Test
    void shouldReplaceWhatIsNotWholeAndOtherVersions() throws IOException {
        Path library = libraryIn(folder);
        long size = Files.size(library);
        Path former = Files.createDirectories(folder.resolve("0123abcd")).resolve(library.getFileName());
        Files.writeString(former, "an older library");
        Files.delete(library);
        Files.writeString(library, "cut off");
        assertThat(Files.size(libraryIn(folder))).isEqualTo(size);
        assertThat(former.getParent()).doesNotExist();
    }

    @Test
    void shouldLoadWhereTheTemporaryFolderIsNotForPrograms() throws Exception {
        Path tmp = Files.createDirectory(folder.resolve("tmp"));
        Path state = folder.resolve("state");
        List<String> child = ChildJvm.command(OpenMain.class, List.of("-Djava.io.tmpdir=" + tmp), state.toString());
        assertThat(ChildJvm.run(ChildJvm.withTmpfs(tmp, "noexec,size=40m", child)))
                .contains("opened")
                .contains("in the temporary folder: []");
        // Those who come later use what was extracted.
        assertThat(ChildJvm.run(child)).contains("opened");
    }

    @Test
    void shouldSayWhatIsWrongWhereTheStateFolderIsNotForPrograms() throws Exception {
        Path state = Files.createDirectory(folder.resolve("state"));
        List<String> child = ChildJvm.command(OpenMain.class, List.of(), state.toString());
        assertThat(ChildJvm.run(ChildJvm.withTmpfs(state, "noexec,mode=700,size=60m", child)))
                .contains("UNUSABLE")
                .contains(state.resolve("native").toString())
                .contains("noexec");
    }

    @Test
    void shouldPreferAnInstalledLibrary() throws Exception {
        Path installed = libraryIn(folder.resolve("installed"));
        Path state = folder.resolve("state");
        List<String> options = new ArrayList<>();
        options.add("-Djava.library.path=/nonexistent:" + installed.getParent());
        assertThat(ChildJvm.run(ChildJvm.command(OpenMain.class, options, state.toString())))
                .contains("opened");
        assertThat(state.resolve("native")).isEmptyDirectory();
    }

    /** A process that has not loaded it yet. */
    static final class OpenMain {
        private OpenMain() {}

        public static void main(String[] arguments) throws IOException {
            try (RocksJournal journal = RocksJournal.open(Path.of(arguments[0]), Entries.BOOT, "1")) {
                Entries.commit(journal, Entries.putTask("t"));
                System.out.println("opened");
            } catch (StoreException e) {
                System.out.println(e.problem() + " " + e.getMessage());
            }
            try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
                System.out.println("in the temporary folder: "
                        + files.filter(file -> file.toString().contains("rocksdb"))
                                .toList());
            }
        }
    }
}
