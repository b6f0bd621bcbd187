package io.socketbroker.daemon.journal;

import static io.socketbroker.daemon.journal.Entries.BOOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socketbroker.daemon.journal.StoreException.Problem;
import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StoreFolderTest {
    @TempDir
    private Path parent;

    private static void assertRefused(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void shouldMakeItsFoldersForTheOwnerAlone() throws IOException {
        Path state = parent.resolve("a/b");
        try (StoreFolder folder = StoreFolder.open(state)) {
            for (Path made : new Path[] {parent.resolve("a"), state, folder.store(), folder.library()}) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                        .isEqualTo("rwx------");
            }
        }
    }

    @Test
    void shouldLetNobodyIntoAStoreThatWasOpen() throws IOException {
        try (StoreFolder folder = StoreFolder.open(parent)) {
            Files.setPosixFilePermissions(folder.store(), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        try (StoreFolder folder = StoreFolder.open(parent)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.store())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void shouldRefuseASecondBrokerInThisProcessAndStayLocked() throws Exception {
        try (StoreFolder folder = StoreFolder.open(parent)) {
            var before = OpenDescriptors.ofThisProcess();
            Path link = Files.createSymbolicLink(parent.resolve("link"), parent);
            assertRefused(Problem.IN_USE, () -> StoreFolder.open(parent).close());
            assertRefused(Problem.IN_USE, () -> StoreFolder.open(link).close());
            assertThat(OpenDescriptors.ofThisProcess()).isEqualTo(before);
            assertThat(folder.store()).exists();
            assertThat(ChildJvm.run(OpenMain.class, parent.toString()))
                    .contains("IN_USE")
                    .contains("process " + ProcessHandle.current().pid() + ",")
                    .contains(parent.toString());
        }
        assertThat(ChildJvm.run(OpenMain.class, parent.toString())).contains("opened");
        StoreFolder.open(parent).close();
    }

    @Test
    void shouldRefuseAFolderOfAnotherUser() throws IOException {
        Assumptions.assumeTrue(Users.uid() == 0, "only root can give a folder away");
        Path state = Files.createDirectory(parent.resolve("foreign"));
        Files.setAttribute(state, "unix:uid", 12_345);
        assertThatThrownBy(() -> RocksJournal.open(state, BOOT, "1"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.problem()).isEqualTo(Problem.FOREIGN_OWNER))
                .hasMessageContaining(state.toString())
                .hasMessageContaining("uid 12345");
    }

    @Test
    void shouldRefuseAPathThatIsNoFolder() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));
        assertRefused(Problem.UNUSABLE, () -> StoreFolder.open(file).close());
        assertRefused(
                Problem.UNUSABLE, () -> StoreFolder.open(file.resolve("below")).close());
    }

    @Test
    void shouldFollowALinkToAFolder() throws IOException {
        Path real = Files.createDirectory(parent.resolve("real"));
        Path link = Files.createSymbolicLink(parent.resolve("link"), real);
        try (StoreFolder folder = StoreFolder.open(link)) {
            assertThat(real.resolve("store")).isDirectory();
            assertThat(folder.store()).isDirectory();
        }
    }

    /** Another process. */
    static final class OpenMain {
        private OpenMain() {}

        public static void main(String[] arguments) {
            try (StoreFolder folder = StoreFolder.open(Path.of(arguments[0]))) {
                System.out.println("opened " + folder.store());
            } catch (StoreException e) {
                System.out.println(e.problem() + " " + e.getMessage());
            }
        }
    }
}
