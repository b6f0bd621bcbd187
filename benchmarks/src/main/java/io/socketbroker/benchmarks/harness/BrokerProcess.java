package io.socketbroker.benchmarks.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The broker as a process of its own, started as people start it: by bin/socketbroker.
 *
 * @param pid of its JVM
 * @param runtimeDirectory where its sockets are
 * @param flags of its JVM, but for the class path
 */
public record BrokerProcess(long pid, Path runtimeDirectory, String flags) {

    /** Starts it, and waits until it serves. What it warns of goes to standard error. */
    public static BrokerProcess start(Workshop workshop, Path launcher) throws IOException {
        Path directory = workshop.folder().resolve("run");
        Process process =
                workshop.start(new ProcessBuilder(launcher.toString(), "daemon", "--runtime-dir", directory.toString())
                        .redirectErrorStream(true));
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        while (line != null && !line.contains("serving on")) {
            line = output.readLine();
        }
        if (line == null) {
            throw new InvalidRunException("the broker ended before it served");
        }
        Thread.ofPlatform()
                .daemon()
                .name("broker-output")
                .start(() -> output.lines()
                        .filter(said -> said.contains(" WARN ") || said.contains(" ERROR "))
                        .forEach(System.err::println));
        return new BrokerProcess(process.pid(), directory, flagsOf(process.pid()));
    }

    private static String flagsOf(long pid) throws IOException {
        List<String> flags = new ArrayList<>();
        String[] command =
                Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0", -1);
        for (int i = 1; i < command.length && command[i].startsWith("-"); i++) {
            if (command[i].equals("-cp")) {
                i++;
            } else {
                flags.add(command[i]);
            }
        }
        return String.join(" ", flags);
    }
}
