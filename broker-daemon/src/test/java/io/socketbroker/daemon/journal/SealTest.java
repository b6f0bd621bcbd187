package io.socketbroker.daemon.journal;

import static io.socketbroker.daemon.journal.Entries.BOOT;
import static io.socketbroker.daemon.journal.Entries.NEXT_BOOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("seal");
    }

    private Seal.Promise after(long synced, long written) throws IOException {
        try (Seal seal = Seal.open(file, BOOT, Optional.empty())) {
            seal.record(synced, true);
            seal.record(written, false);
        }
        return Seal.read(file);
    }

    @Test
    void shouldDemandAllInTheSameBoot() throws IOException {
        assertThat(after(10, 25).leastIn(BOOT)).isEqualTo(25);
    }

    @Test
    void shouldDemandOnlyWhatWasSyncedInAnother() throws IOException {
        assertThat(after(10, 25).leastIn(NEXT_BOOT)).isEqualTo(10);
    }

    @Test
    void shouldNotForgetWhatWasSyncedBeforeItsOwnTime() throws IOException {
        Seal.Promise former = after(10, 25);
        try (Seal seal = Seal.open(file, NEXT_BOOT, Optional.of(former))) {
            assertThat(seal.least()).isEqualTo(10);
            seal.record(12, false);
        }
        assertThat(Seal.read(file)).isEqualTo(new Seal.Promise(NEXT_BOOT, 12, 10));
    }

    @Test
    void shouldBeVoidUntilSomethingIsThere() throws IOException {
        assertThat(after(0, 0).isVoid()).isTrue();
        assertThat(after(0, 1).isVoid()).isFalse();
    }

    @Test
    void shouldNoticeEveryWrongByte() throws IOException {
        after(10, 25);
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] wrong = whole.clone();
            wrong[i] ^= 0x10;
            Files.write(file, wrong);
            assertThatThrownBy(() -> Seal.read(file)).as("byte %d", i).isInstanceOf(IOException.class);
        }
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> Seal.read(file)).isInstanceOf(IOException.class);
    }
}
