package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.systemd.UserManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The units of the checkout as systemd/install.sh installs them for a user, in a real user manager; the program is the
 * classes under test. Not thread-safe.
 */
final class ShippedUnits implements AutoCloseable {
    private final Path folder;
    private final UserManager manager;

    private ShippedUnits(Path folder, UserManager manager) {
        this.folder = folder;
        this.manager = manager;
    }

    /** Starts a manager and installs the units; skips the test where there can be no manager. */
    static ShippedUnits install() throws Exception {
        Path folder = BrokerProcess.newHome();
        ShippedUnits units = new ShippedUnits(folder, new UserManager(folder, false, List.of()));
        // The daemon's folder is for its units to make.
        Files.delete(units.manager.runtimeDirectory());
        Path prefix = folder.resolve("prefix");
        CommandLine.writeIn(Files.createDirectories(prefix.resolve("lib/socketbroker/bin")));
        Map<String, String> environment = Map.of(
                "XDG_RUNTIME_DIR", units.manager.runtime().toString(),
                "XDG_CONFIG_HOME", folder.resolve("config").toString());
        runInstaller(environment, "--user", "--units-only", "--prefix", prefix.toString());
        units.configure(
                "socketbroker.service", "StandardOutput=append:" + units.log(), "StandardError=append:" + units.log());
        return units;
    }

    /** Runs systemd/install.sh, and gives what it printed. */
    static String runInstaller(Map<String, String> environment, String... options) throws Exception {
        return run(PythonExampleIT.checkout().resolve("systemd/install.sh"), environment, options);
    }

    /** Runs a program that must succeed, and gives what it printed. */
    static String run(Path program, Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("DBUS_SESSION_BUS_ADDRESS");
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = process.inputReader().readAllAsString();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, output).isZero();
        return output;
    }

    /** Adds these assignments to the service section of a unit, in a file that is returned. */
    Path configure(String unit, String... assignments) throws IOException {
        Path dropIns = Files.createDirectories(manager.units().resolve(unit + ".d"));
        Path file = Files.createTempFile(dropIns, "test-", ".conf");
        Files.writeString(file, "[Service]\n" + String.join("\n", assignments) + "\n");
        manager.reload();
        return file;
    }

    UserManager manager() {
        return manager;
    }

    /** What the broker wrote, all of its runs. */
    Path log() {
        return folder.resolve("broker.log");
    }

    /** Where the broker serves. */
    Path runtimeDirectory() {
        return manager.runtimeDirectory();
    }

    String systemctl(String... words) throws Exception {
        return manager.systemctl(words);
    }

    /** A property of the broker's unit, or of another one. */
    String property(String name) throws Exception {
        return property("socketbroker.service", name);
    }

    String property(String unit, String name) throws Exception {
        return systemctl("show", unit, "--property", name, "--value");
    }

    int mainPid() throws Exception {
        return Integer.parseInt(property("MainPID"));
    }

    @Override
    public void close() throws IOException {
        manager.close();
        BrokerProcess.delete(folder);
    }
}
