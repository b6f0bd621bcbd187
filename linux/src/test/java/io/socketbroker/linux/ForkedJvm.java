package io.socketbroker.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs a main class of the tests in a JVM of its own, for what must not happen to the JVM of the tests. */
final class ForkedJvm {

    private ForkedJvm() {}

    /** The command line, with the system property of tracking off unless given. */
    static List<String> command(Class<?> main, List<String> options, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        // Surefire hides the class path in the manifest of a jar.
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /** The same command started by a shell that ignores SIGHUP and SIGPIPE, which the JVM and its children inherit. */
    static List<String> underIgnoringShell(List<String> command) {
        var wrapped = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' HUP USR2; exec \"$@\"", "sh"));
        wrapped.addAll(command);
        return wrapped;
    }

    /** Runs a command to its end and gives its output lines, errors included. */
    static List<String> run(List<String> command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines().toList();
    }
}
