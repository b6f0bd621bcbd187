package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares all constants of the module with the C headers by a C compiler: see src/test/c/abi_check.c. */
final class AbiTest {

    private static final List<Class<?>> HOLDERS =
            List.of(Abi.class, Sockets.class, Epoll.class, Errno.class, Signals.class);

    /** Constants that are no Linux names. */
    private static final Set<String> OUR_OWN =
            Set.of("Sockets.WOULD_BLOCK", "Sockets.ACCEPT_ATTEMPTS", "Signals.HIGHEST");

    private static final Path CHECK = Path.of("src/test/c/abi_check.c");

    @TempDir
    Path directory;

    @Test
    void shouldMatchTheHeadersOfX86() throws Exception {
        Assumptions.assumeTrue(
                System.getProperty("os.arch").equals("amd64"), "plain gcc compiles for x86_64 only there");
        assertThat(compile("gcc", EpollEventLayout.X86_64, constants())).isEmpty();
    }

    @Test
    void shouldMatchTheHeadersOfAarch64() throws Exception {
        assertThat(compile(compilerForAarch64(), EpollEventLayout.AARCH64, constants()))
                .isEmpty();
    }

    private static String compilerForAarch64() {
        return System.getProperty("os.arch").equals("aarch64") ? "gcc" : "aarch64-linux-gnu-gcc";
    }

    @Test
    void shouldNoticeAWrongConstant() throws Exception {
        var wrong = new TreeMap<>(constants());
        wrong.put("SO_COOKIE", 58);
        wrong.put("MSGHDR_FLAGS_OFFSET", 44);
        assertThat(String.join("\n", compile("gcc", EpollEventLayout.of(System.getProperty("os.arch")), wrong)))
                .contains("SO_COOKIE is not 58")
                .contains("MSGHDR_FLAGS_OFFSET is not 44");
    }

    @Test
    void shouldNoticeAWrongLayout() throws Exception {
        Assumptions.assumeTrue(
                System.getProperty("os.arch").equals("amd64"), "plain gcc compiles for x86_64 only there");
        assertThat(String.join("\n", compile("gcc", EpollEventLayout.AARCH64, constants())))
                .contains("EPOLL_EVENT_SIZE is not 16");
    }

    @Test
    void shouldCollectTheConstantsOfEveryHolder() throws Exception {
        assertThat(constants())
                .containsEntry("SO_COOKIE", 57)
                .containsEntry("AF_INET6", 10)
                .containsEntry("EPOLLONESHOT", 1 << 30)
                .containsEntry("ENOTSOCK", 88)
                .containsEntry("SIGKILL", 9)
                .containsEntry("TCP_LISTEN", 10)
                .doesNotContainKey("WOULD_BLOCK")
                .hasSizeGreaterThan(270);
    }

    @Test
    void shouldRefuseAnUnknownMachine() {
        assertThat(EpollEventLayout.of("aarch64")).isEqualTo(new EpollEventLayout(16, 8));
        assertThat(EpollEventLayout.of("amd64")).isEqualTo(new EpollEventLayout(12, 4));
        assertThatThrownBy(() -> EpollEventLayout.of("riscv64"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("riscv64");
    }

    private static Map<String, Integer> constants() throws IllegalAccessException {
        var constants = new TreeMap<String, Integer>();
        for (Class<?> holder : HOLDERS) {
            for (Field field : holder.getDeclaredFields()) {
                var name = holder.getSimpleName() + "." + field.getName();
                if (Modifier.isStatic(field.getModifiers())
                        && field.getType() == int.class
                        && !OUR_OWN.contains(name)) {
                    field.setAccessible(true);
                    constants.put(field.getName(), field.getInt(null));
                }
            }
        }
        Stream.of(TcpState.values())
                .filter(state -> state != TcpState.UNKNOWN)
                .forEach(state -> constants.put("TCP_" + state.name(), state.code()));
        return constants;
    }

    /** The compiler's complaints. */
    private List<String> compile(String compiler, EpollEventLayout layout, Map<String, Integer> constants)
            throws IOException, InterruptedException {
        Assumptions.assumeTrue(isInstalled(compiler), compiler + " is not installed, so its headers were not compared");
        var all = new TreeMap<>(constants);
        all.put("EPOLL_EVENT_SIZE", layout.eventSize());
        all.put("EPOLL_EVENT_DATA_OFFSET", layout.dataOffset());
        var list = all.entrySet().stream()
                .map(constant -> "X(" + constant.getKey() + ", " + constant.getValue() + ")")
                .collect(Collectors.joining(" \\\n    ", "#define JAVA_CONSTANTS(X) \\\n    ", "\n"));
        Files.writeString(directory.resolve("java_constants.h"), list);
        return ForkedJvm.run(
                List.of(compiler, "-fsyntax-only", "-Wall", "-Werror", "-I", directory.toString(), CHECK.toString()));
    }

    private static boolean isInstalled(String compiler) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, compiler)));
    }
}
