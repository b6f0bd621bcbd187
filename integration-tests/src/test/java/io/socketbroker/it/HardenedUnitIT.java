package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The system's unit with its whole sandbox, in a user manager that runs as root. Only what cannot be here is left out: the
 * user socketbroker, and the socket unit, which {@link DaemonUnitIT} has.
 */
@Tag("systemd")
final class HardenedUnitIT {
    private static final String UNIT = "hardened.service";

    /** The shipped file; the sandbox gets to see the class path of the tests, wherever that is. */
    private static void install(ShippedUnits units) throws Exception {
        String shipped = Files.readString(PythonExampleIT.checkout().resolve("systemd/system/socketbroker.service"));
        Path prefix = units.log().resolveSibling("prefix");
        Files.writeString(
                units.manager().units().resolve(UNIT),
                shipped.lines()
                        .filter(line -> !line.startsWith("User=") && !line.startsWith("Requires="))
                        .map(line -> line.replace("After=socketbroker.socket ", "After="))
                        .map(line -> line.replace("/usr/lib/socketbroker/", prefix + "/lib/socketbroker/"))
                        .collect(Collectors.joining("\n", "", "\n")));
        String classPath = Stream.concat(
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1)),
                        Stream.of(System.getProperty("java.home")))
                .filter(entry -> Files.exists(Path.of(entry)))
                .distinct()
                .collect(Collectors.joining(" "));
        units.configure(
                UNIT,
                "StandardOutput=append:" + units.log(),
                "StandardError=append:" + units.log(),
                "ProtectHome=tmpfs",
                "BindPaths=" + units.log().getParent(),
                "BindReadOnlyPaths=" + classPath);
    }

    private static List<String> status(int pid, String... names) throws Exception {
        return Files.readAllLines(Path.of("/proc", Integer.toString(pid), "status")).stream()
                .filter(line -> Arrays.stream(names).anyMatch(name -> line.startsWith(name + ":")))
                .map(line -> line.replaceAll("\\s+", " "))
                .toList();
    }

    private static String network(String process) throws Exception {
        return Files.readSymbolicLink(Path.of("/proc", process, "ns/net")).toString();
    }

    @Test
    void shouldServeSocketsOfANetworkThatItDoesNotHave() throws Exception {
        try (ShippedUnits units = ShippedUnits.install()) {
            install(units);
            units.systemctl("start", UNIT);
            int pid = Integer.parseInt(units.property(UNIT, "MainPID"));
            assertThat(network(Integer.toString(pid))).isNotEqualTo(network("self"));
            assertThat(status(pid, "CapBnd", "NoNewPrivs", "Seccomp"))
                    .containsExactly("CapBnd: 0000000000000000", "NoNewPrivs: 1", "Seccomp: 2");
            try (ProtocolClient client = new ProtocolClient(units.runtimeDirectory());
                    Link link = Link.tcp()) {
                client.register("task", Specs.lineAnswerer());
                long cookie = SocketOptions.cookie(link.mine().fd());
                client.park(link.mine(), "task", "s");
                assertThat(link.peer().send("hello\n").readLine()).isEqualTo("got hello");
                Await.parked(client, "s");
                try (OwnedFd back = client.reclaim("s").descriptor()) {
                    assertThat(SocketOptions.cookie(back.fd())).isEqualTo(cookie);
                }
            }
            units.systemctl("stop", UNIT);
            assertThat(units.property(UNIT, "Result")).isEqualTo("success");
            assertThat(Files.readString(units.log())).doesNotContain("ERROR", "Exception");
        }
    }
}
