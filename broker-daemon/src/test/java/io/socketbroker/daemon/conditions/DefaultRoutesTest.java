package io.socketbroker.daemon.conditions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultRoutesTest {
    private static final String HEAD =
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT      \n";
    private static final String IPV4 = "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0         \n";
    private static final String ZERO = "00000000000000000000000000000000";
    private static final String IPV6 = ZERO + " 00 " + ZERO
            + " 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n";

    @TempDir
    Path network;

    private boolean exist(String ipv4, String ipv6) throws IOException {
        Files.writeString(network.resolve("route"), HEAD + ipv4, StandardCharsets.ISO_8859_1);
        Files.writeString(network.resolve("ipv6_route"), ipv6, StandardCharsets.ISO_8859_1);
        return DefaultRoutes.exist(network);
    }

    @Test
    void shouldFindADefaultRouteOfEitherFamily() throws IOException {
        String others = "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n".repeat(1_000);
        String otherIpv6 =
                "fd000000000000000000000000000000 40 " + ZERO + " 00 " + ZERO + " 00000100 1 0 00000001 eth0\n";
        assertThat(exist(others + IPV4, "")).isTrue();
        assertThat(exist("", otherIpv6 + IPV6)).isTrue();
        assertThat(exist(others, otherIpv6)).isFalse();
        assertThat(exist("", "")).isFalse();
    }

    @Test
    void shouldTakeAnInterfaceWithAnyName() throws IOException {
        assertThat(exist(IPV4.replace("eth0", "\u00e4\u00ff\u0080"), "")).isTrue();
        assertThat(exist(IPV4.replace("eth0", "lo0"), "")).isTrue();
        assertThat(exist("", IPV6.replace("eth0", "wg-\u00e9"))).isTrue();
    }

    /** As the kernel writes the types unreachable, prohibit and blackhole, and routes that lead nowhere else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n",
                "*\t00000000\t00000000\t0001\t0\t0\t5\t00000000\t0\t0\t0\n",
                "lo\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n",
                "eth0\t00000000\t010200C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n",
                "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n"
            })
    void shouldNotTakeAnIpv4RouteThatLeadsNowhere(String route) throws IOException {
        assertThat(exist(route, "")).isFalse();
        assertThat(exist(route + IPV4, "")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 1 0 00200200       lo",
                " 00 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 1 0 00000201     eth0",
                " 00 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 1 0 00000001       lo",
                " 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 1 0 00000002     eth0",
                " 03 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 1 0 00000003     eth0"
            })
    void shouldNotTakeAnIpv6RouteThatLeadsNowhere(String restOfRoute) throws IOException {
        assertThat(exist("", ZERO + restOfRoute + "\n")).isFalse();
        assertThat(exist("", ZERO + restOfRoute + "\n" + IPV6)).isTrue();
    }

    @Test
    void shouldDoWithoutTheFilesOfAFamilyThatTheKernelDoesNotHave() throws IOException {
        assertThat(DefaultRoutes.exist(network)).isFalse();
        Files.writeString(network.resolve("route"), HEAD + IPV4);
        assertThat(DefaultRoutes.exist(network)).isTrue();
    }

    @Test
    void shouldAgreeWithIpOnThisHost() throws Exception {
        boolean expected =
                !defaultRoutes("-4").isEmpty() || !defaultRoutes("-6").isEmpty();
        assertThat(DefaultRoutes.exist(Path.of("/proc/net"))).isEqualTo(expected);
    }

    private static String defaultRoutes(String family) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("ip", family, "route", "show", "default", "type", "unicast")
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        try {
            Process ip = builder.start();
            String routes = new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            ip.waitFor();
            return routes.lines()
                    .filter(line -> !line.contains(" dev lo "))
                    .findAny()
                    .orElse("");
        } catch (IOException e) {
            Assumptions.abort("ip(8) is needed to compare with: " + e.getMessage());
            throw new AssertionError(e);
        }
    }
}
