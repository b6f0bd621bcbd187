package io.socketbroker.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Finds programs as a shell does (execvp(3)). Stateless. */
final class Programs {

    private Programs() {}

    /** The absolute path of a program by its name, or by a path with a slash. */
    static Path find(String name) {
        if (name.contains("/")) {
            return executable(name, Path.of(name).toAbsolutePath());
        }
        var path = System.getenv().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
        return Arrays.stream(path.split(":", -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name).toAbsolutePath())
                .filter(Programs::isExecutable)
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.COMMAND_UNKNOWN, "the command " + name + " is not in PATH: give its path"));
    }

    private static Path executable(String name, Path path) {
        if (!Files.exists(path)) {
            throw new CommandFailure(ExitCode.COMMAND_UNKNOWN, "the command " + name + " does not exist");
        }
        if (!isExecutable(path)) {
            throw new CommandFailure(ExitCode.COMMAND_UNKNOWN, "the command " + name + " is not an executable file");
        }
        return path;
    }

    private static boolean isExecutable(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }
}
