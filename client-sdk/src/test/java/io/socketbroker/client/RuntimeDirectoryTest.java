package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuntimeDirectoryTest {

    @Test
    void shouldPreferTheVariable() {
        var environment = Map.of("SOCKETBROKER_RUNTIME_DIR", "/a", "XDG_RUNTIME_DIR", "/b");
        assertThat(RuntimeDirectory.find(environment, 0)).contains(new RuntimeDirectory(Path.of("/a")));
        assertThat(RuntimeDirectory.find(environment, 7)).contains(new RuntimeDirectory(Path.of("/a")));
    }

    @Test
    void shouldKeepRootAndUsersApart() {
        var environment = Map.of("XDG_RUNTIME_DIR", "/b");
        assertThat(RuntimeDirectory.find(environment, 0)).contains(new RuntimeDirectory(Path.of("/run/socketbroker")));
        assertThat(RuntimeDirectory.find(environment, 7)).contains(new RuntimeDirectory(Path.of("/b/socketbroker")));
        assertThat(RuntimeDirectory.find(Map.of(), 7)).isEmpty();
    }

    @Test
    void shouldBeAbsolute() {
        var directory = new RuntimeDirectory(Path.of("x/../y"));
        assertThat(directory.grpcSocket()).isAbsolute().endsWithRaw(Path.of("y/grpc.sock"));
        assertThat(directory.fdSocket()).endsWithRaw(Path.of("y/fd.sock"));
    }
}
