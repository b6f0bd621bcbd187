package io.socketbroker.daemon.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Programs of the tests in a JVM of their own, with the flags of the broker. */
final class ChildJvm {
    private ChildJvm() {}

    static List<String> command(Class<?> main, List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(options);
        // Surefire hides the class path in the manifest of a jar.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /** Starts it with its errors among ours. */
    static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Runs it to its good end, and what it printed. */
    static String run(Class<?> main, String... arguments) throws IOException, InterruptedException {
        return run(command(main, List.of(), arguments));
    }

    static String run(List<String> command) throws IOException, InterruptedException {
        Process process = start(command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new IllegalStateException(command.getLast() + " ended with " + status + ": " + output);
        }
        return output;
    }

    /**
     * The same with a small file system of its own, which only it and its children see. Skips the test where that is not
     * permitted, but never in CI.
     *
     * @param mountOptions as of mount(8)
     */
    static List<String> withTmpfs(Path mountPoint, String mountOptions, List<String> command)
            throws IOException, InterruptedException {
        String mount = "mount -t tmpfs -o " + mountOptions + " tmpfs " + mountPoint;
        int status = inNamespace(List.of("sh", "-c", mount))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (!"true".equals(System.getenv("CI"))) {
            Assumptions.assumeTrue(status == 0, "no file system can be mounted here: unshare ended with " + status);
        }
        List<String> all = new ArrayList<>(List.of("sh", "-c", mount + " && exec \"$@\"", "sh"));
        all.addAll(command);
        return inNamespace(all).command();
    }

    private static ProcessBuilder inNamespace(List<String> command) {
        List<String> all = new ArrayList<>(List.of("unshare", "--map-root-user", "--mount"));
        all.addAll(command);
        return new ProcessBuilder(all);
    }
}
