package io.socketbroker.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeDirectoryTest {
    @TempDir
    private Path folder;

    @Test
    void shouldBePrivateForAUsersOwnBroker() throws IOException {
        try (RuntimeDirectory directory = RuntimeDirectory.open(folder.resolve("sb"), false)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void shouldLetAllUsersConnectToTheSystemsBroker() throws IOException {
        try (RuntimeDirectory directory = RuntimeDirectory.open(folder.resolve("sb"), true)) {
            Files.createFile(directory.fdSocket());
            directory.openToUsers(directory.fdSocket());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())))
                    .isEqualTo("rwxr-xr-x");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.fdSocket())))
                    .isEqualTo("rw-rw-rw-");
        }
    }

    @Test
    void shouldRefuseASecondBroker() throws IOException {
        try (RuntimeDirectory _ = RuntimeDirectory.open(folder, false)) {
            assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> RuntimeDirectory.open(folder, false))
                    .withMessageContaining("another broker serves here");
        }
        RuntimeDirectory.open(folder, false).close();
    }

    @Test
    void shouldReplaceSocketsThatAKilledBrokerLeft() throws IOException {
        Files.createFile(folder.resolve("grpc.sock"));
        Files.createFile(folder.resolve("fd.sock"));
        try (RuntimeDirectory directory = RuntimeDirectory.open(folder, false)) {
            assertThat(directory.grpcSocket()).doesNotExist();
            assertThat(directory.fdSocket()).doesNotExist();
        }
    }

    @Test
    void shouldRefuseAPathThatIsTooLongForASocket() {
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> RuntimeDirectory.open(folder.resolve("x".repeat(120)), false))
                .withMessageContaining("--runtime-dir");
    }
}
