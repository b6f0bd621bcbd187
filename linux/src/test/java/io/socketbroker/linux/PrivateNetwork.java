package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A network namespace for one program of the tests, which may do to it what it likes: the host's network does not change.
 * Needs unshare(1), ip(8) and a kernel that lets this user have a user namespace.
 */
final class PrivateNetwork {

    private static final List<String> UNSHARE = List.of("unshare", "--map-root-user", "--net");

    private PrivateNetwork() {}

    /** Skips the test on a host where it is not possible. */
    static void assumePossible() throws InterruptedException {
        var check = new ArrayList<>(UNSHARE);
        check.addAll(List.of("ip", "link", "set", "lo", "up"));
        try {
            var process = program(check);
            var complaint = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Assumptions.assumeTrue(process.waitFor() == 0, "no private network here: " + complaint.strip());
        } catch (IOException e) {
            Assumptions.abort("no private network here: " + e.getMessage());
        }
    }

    /** Runs a main class of the tests in a namespace that has nothing but the loopback interface, which is down. */
    static List<String> run(Class<?> main) throws IOException, InterruptedException {
        var command = new ArrayList<>(UNSHARE);
        command.addAll(ForkedJvm.command(main, List.of()));
        return ForkedJvm.run(command);
    }

    /** Inside the namespace: runs ip(8). */
    static void ip(String arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(arguments.split(" ", -1)));
        var process = program(command);
        var complaint = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(arguments + ": " + complaint).isZero();
    }

    private static Process program(List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        // ip(8) is in a folder that users without privileges often do not look in.
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        var process = builder.start();
        process.getOutputStream().close();
        return process;
    }
}
