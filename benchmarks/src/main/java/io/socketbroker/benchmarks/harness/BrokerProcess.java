package io.socketbroker.benchmarks.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The broker as a process of its own, started as people start it: by bin/socketbroker. Ended with its workshop. For one
 * thread.
 */
public final class BrokerProcess {
    private static final String SERVING = "serving on";
    private static final long KILL_SECONDS = 10;

    private final Workshop workshop;
    private final Path folder;
    private final List<String> command;
    private final OptionalLong vaultPid;
    private Process process;

    private BrokerProcess(Workshop workshop, Path folder, OptionalLong vaultPid, List<String> launch)
            throws IOException {
        this.workshop = workshop;
        this.folder = folder;
        this.vaultPid = vaultPid;
        this.process = serve(workshop, launch);
        this.command = commandOf(process.pid());
    }

    /** Starts one that keeps nothing, and waits until it serves. What it warns of goes to standard error. */
    public static BrokerProcess start(Workshop workshop, Path launcher) throws IOException {
        Path folder = newFolder(workshop);
        return new BrokerProcess(
                workshop,
                folder,
                OptionalLong.empty(),
                List.of(
                        launcher.toString(),
                        "daemon",
                        "--runtime-dir",
                        folder.resolve("r").toString(),
                        "--in-memory"));
    }

    /** As the other, with a journal and a vault: all that it promises is kept. */
    public static BrokerProcess startKeeping(Workshop workshop, Path launcher) throws IOException {
        Path folder = newFolder(workshop);
        Process vault = startVault(workshop, launcher, folder.resolve("r/vault.sock"));
        return new BrokerProcess(
                workshop,
                folder,
                OptionalLong.of(vault.pid()),
                List.of(
                        launcher.toString(),
                        "daemon",
                        "--runtime-dir",
                        folder.resolve("r").toString(),
                        "--state-dir",
                        folder.resolve("state").toString(),
                        "--custody",
                        "vault"));
    }

    private static Path newFolder(Workshop workshop) throws IOException {
        Path folder = Files.createTempDirectory(workshop.folder(), "b");
        Files.createDirectory(
                folder.resolve("r"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return folder;
    }

    /** A vault alone. */
    public static Process startVault(Workshop workshop, Path launcher, Path socket) throws IOException {
        return serve(workshop, List.of(launcher.toString(), "vault", "--socket", socket.toString()));
    }

    private static Process serve(Workshop workshop, List<String> command) throws IOException {
        return serve(workshop, command, _ -> {});
    }

    private static Process serve(Workshop workshop, List<String> command, Consumer<String> listener)
            throws IOException {
        Process process = workshop.start(new ProcessBuilder(command).redirectErrorStream(true));
        BufferedReader output = process.inputReader();
        StringBuilder before = new StringBuilder();
        String line = output.readLine();
        while (line != null && !line.contains(SERVING)) {
            listener.accept(line);
            before.append(line).append('\n');
            line = output.readLine();
        }
        if (line == null) {
            throw new InvalidRunException("ended before it served: " + command + "\n" + before);
        }
        Thread.ofPlatform().daemon().name("output").start(() -> warnings(output));
        return process;
    }

    private static void warnings(BufferedReader output) {
        try {
            String line = output.readLine();
            while (line != null) {
                if (line.contains(" WARN ") || line.contains(" ERROR ")) {
                    System.err.println(line);
                }
                line = output.readLine();
            }
        } catch (IOException _) {
            // It was killed.
        }
    }

    /** With SIGKILL; its vault goes on. */
    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(KILL_SECONDS, TimeUnit.SECONDS)) {
                throw new InvalidRunException("the broker does not end");
            }
        } catch (InterruptedException e) {
            throw new InvalidRunException("interrupted", e);
        }
    }

    /**
     * After {@link #kill}: the same JVM, without the launcher, as a service manager would. Returns when it serves.
     *
     * @param listener hears each line of its log before that
     */
    public void startAgain(Consumer<String> listener) throws IOException {
        process = serve(workshop, command, listener);
    }

    /** Of its JVM. */
    public long pid() {
        return process.pid();
    }

    /**
     * Of its vault's.
     *
     * @throws InvalidRunException if it has none
     */
    public long vaultPid() {
        return vaultPid.orElseThrow(() -> new InvalidRunException("this broker has no vault"));
    }

    /** Where its sockets are. */
    public Path runtimeDirectory() {
        return folder.resolve("r");
    }

    /** Where its journal is, if it has one. */
    public Path stateDirectory() {
        return folder.resolve("state");
    }

    /** Of its JVM, but for the class path. */
    public String flags() {
        List<String> flags = new ArrayList<>();
        for (int i = 1; i < command.size() && command.get(i).startsWith("-"); i++) {
            if (command.get(i).equals("-cp")) {
                i++;
            } else {
                flags.add(command.get(i));
            }
        }
        return String.join(" ", flags);
    }

    private static List<String> commandOf(long pid) throws IOException {
        String command = Files.readString(Path.of("/proc/" + pid + "/cmdline"));
        return List.of(command.substring(0, command.length() - 1).split("\0", -1));
    }
}
