package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** A real systemd user manager with one service, which is a {@link CustodyProgram}. For one thread. */
final class SystemdManager {
    private static final String UNIT = "custody.service";
    private static final long START_SECONDS = 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private SystemdManager() {}

    /** The service, or nothing, with a line in the report, where no manager can run. */
    static Optional<JavaProgram> start(Workshop workshop, Report report) throws IOException {
        Path folder = Files.createDirectory(workshop.folder().resolve("s"));
        Path runtime = Files.createDirectory(
                folder.resolve("run"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        writeUnit(folder);
        Path log = folder.resolve("script.log");
        Process script = workshop.start(new ProcessBuilder(
                        "setsid", "unshare", "--mount", "bash", script().toString(), "outside", folder.toString())
                .redirectError(log.toFile()));
        Writer commands = script.outputWriter(StandardCharsets.US_ASCII);
        workshop.closeLater(() -> {
            // At the end of its input it ends all that is in its control group.
            commands.close();
            if (!script.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("the script of the systemd user manager does not end");
            }
        });
        commands.write("start\n");
        commands.flush();
        if (!"ok".equals(script.inputReader().readLine())) {
            report.note("WITHOUT systemd's fd store: no user manager can run here: "
                    + Files.readString(log).strip());
            return Optional.empty();
        }
        awaitSocket(runtime.resolve("systemd/private"));
        return Optional.of(service(workshop, folder, runtime));
    }

    private static Path script() {
        return Path.of(
                System.getProperty("benchmarks.root", "."), "broker-daemon/src/test/resources/systemd/user-manager.sh");
    }

    private static void writeUnit(Path folder) throws IOException {
        List<String> command = JavaProgram.command(CustodyProgram.class, "systemd", UNIT);
        Path arguments = folder.resolve("arguments");
        Files.writeString(
                arguments,
                command.stream().skip(1).map(word -> '"' + word + '"').collect(Collectors.joining("\n")));
        Path units = Files.createDirectories(folder.resolve("config/systemd/user"));
        // An empty file masks a unit; without it the manager would wait for a message bus.
        Files.createFile(units.resolve("dbus.socket"));
        Files.writeString(units.resolve(UNIT), """
                [Service]
                ExecStart=%1$s @%2$s
                NotifyAccess=all
                FileDescriptorStoreMax=15000
                LimitNOFILE=20000
                StandardInput=file:%3$s/input
                StandardOutput=file:%3$s/output
                StandardError=inherit
                """.formatted(command.getFirst(), arguments, folder));
    }

    private static void awaitSocket(Path socket) {
        long begun = System.nanoTime();
        while (!Files.exists(socket)) {
            if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(START_SECONDS)) {
                throw new InvalidRunException("the systemd user manager does not listen on " + socket);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static JavaProgram service(Workshop workshop, Path folder, Path runtime) throws IOException {
        run(
                runtime,
                "mkfifo",
                folder.resolve("input").toString(),
                folder.resolve("output").toString());
        run(runtime, "systemctl", "--user", "start", "--no-block", UNIT);
        // Each waits until the service has opened the other end.
        OutputStream input = workshop.closeLater(Files.newOutputStream(folder.resolve("input")));
        InputStream output = workshop.closeLater(Files.newInputStream(folder.resolve("output")));
        return JavaProgram.startedElsewhere("the service of systemd", output, input);
    }

    private static void run(Path runtime, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
        builder.environment().remove("DBUS_SESSION_BUS_ADDRESS");
        Process process = builder.start();
        String said = process.inputReader().readAllAsString();
        try {
            if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new InvalidRunException(String.join(" ", command) + ": " + said);
            }
        } catch (InterruptedException e) {
            throw new InvalidRunException("interrupted", e);
        }
    }
}
