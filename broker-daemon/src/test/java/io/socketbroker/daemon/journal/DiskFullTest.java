package io.socketbroker.daemon.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that is full for a time, on a small file system of its own. The story is in {@link DiskFullStory}. */
@Timeout(180)
class DiskFullTest {
    /** The native library is on another disk, as a package would have it. */
    private static Path library;

    @TempDir
    private Path disk;

    @BeforeAll
    static void installLibrary(@TempDir Path folder) throws IOException {
        library = NativeLibrary.extract(folder);
    }

    private List<String> story(String name) throws Exception {
        return ChildJvm.withTmpfs(
                disk,
                "size=16m,mode=700",
                ChildJvm.command(
                        DiskFullStory.class,
                        List.of("-Djava.library.path=" + library),
                        name,
                        disk.toString(),
                        library.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RECOVER", "KILL_WHILE_FULL", "CLOSE_WHILE_FULL", "FULL_AGAIN_AND_AGAIN", "FULL_AT_START"})
    void shouldRefuseWhatItCannotKeepAndRecover(String name) throws Exception {
        assertThat(ChildJvm.run(story(name))).endsWith("all is well\n");
    }
}
