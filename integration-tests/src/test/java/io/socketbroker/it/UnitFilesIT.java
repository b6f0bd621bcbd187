package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.systemd.UserManager;
import io.socketbroker.linux.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files in systemd/, as systemd's own tools judge them. None of them runs. */
final class UnitFilesIT {
    private static final Path TOOLS = Path.of("/usr/bin");
    private static final Pattern EXPOSURE = Pattern.compile("Overall exposure level for \\S+: (?<level>[0-9.]+) ");

    private Path folder = Path.of("/nonexistent");

    @BeforeEach
    void makeFolder() throws IOException {
        folder = BrokerProcess.newHome();
    }

    @AfterEach
    void deleteFolder() throws IOException {
        BrokerProcess.delete(folder);
    }

    private static Path tool(String name) {
        Path tool = TOOLS.resolve(name);
        UserManager.requireOrSkip(Files.isExecutable(tool), "this test needs systemd's tools: there is no " + tool);
        return tool;
    }

    private Path root() {
        return folder.resolve("root");
    }

    private Path prefix() {
        return folder.resolve("prefix");
    }

    private Path library() {
        return prefix().resolve("lib/socketbroker");
    }

    /** Into a folder of its own, with programs where the units look for them. */
    private Path install(String scope) throws Exception {
        Map<String, String> environment = Map.of("XDG_CONFIG_HOME", "/config");
        List<String> options = List.of("--units-only", "--destdir", root().toString(), "--prefix", prefix().toString());
        if (scope.equals("user")) {
            options = new ArrayList<>(options);
            options.add("--user");
        }
        assertThat(ShippedUnits.runInstaller(environment, options.toArray(String[]::new)))
                .isEmpty();
        program(library().resolve("bin/socketbroker"));
        return root().resolve(scope.equals("user") ? "config/systemd/user" : "etc/systemd/system");
    }

    private static void program(Path path) throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(path, "#!/bin/sh\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static List<String> shipped(String scope) {
        List<String> units = new ArrayList<>(List.of(
                "socketbroker.service",
                "socketbroker.socket",
                "socketbroker-vault.service",
                "socketbroker-handler@.service"));
        if (scope.equals("system")) {
            units.add("socketbroker-apply.service");
        }
        return units;
    }

    @ParameterizedTest
    @ValueSource(strings = {"system", "user"})
    void shouldHaveNothingToVerify(String scope) throws Exception {
        Path units = install(scope);
        Path handler = folder.resolve("handler");
        program(handler);
        List<Path> all;
        try (var files = Files.list(units)) {
            all = files.toList();
        }
        assertThat(all)
                .extracting(unit -> unit.getFileName().toString())
                .containsExactlyInAnyOrderElementsOf(shipped(scope));
        for (Path unit : all) {
            String text = Files.readString(unit);
            assertThat(text).doesNotContain("/usr/lib/socketbroker");
            // The program of the example is the administrator's.
            Files.writeString(unit, text.replace("/usr/local/libexec/socketbroker-handler", handler.toString()));
        }
        Map<String, String> environment = Map.of("XDG_RUNTIME_DIR", folder.toString(), "SYSTEMD_LOG_TARGET", "console");
        for (Path unit : all) {
            assertThat(ShippedUnits.run(
                            tool("systemd-analyze"), environment, "verify", "--man=no", "--" + scope, unit.toString()))
                    .isEmpty();
        }
    }

    /** The one that makes listeners has to have the host's network, and the capability for its low ports. */
    @ParameterizedTest
    @CsvSource({"socketbroker.service, 0.7", "socketbroker-vault.service, 0.7", "socketbroker-apply.service, 1.5"})
    void shouldBeHardened(String unit, double most) throws Exception {
        Path file = install("system").resolve(unit);
        String judgement = ShippedUnits.run(
                tool("systemd-analyze"),
                Map.of("LC_ALL", "C.UTF-8"),
                "security",
                "--no-pager",
                "--offline=true",
                file.toString());
        Matcher matcher = EXPOSURE.matcher(judgement);
        assertThat(matcher.find()).as(judgement).isTrue();
        assertThat(Double.parseDouble(matcher.group("level"))).as(judgement).isLessThanOrEqualTo(most);
    }

    @Test
    void shouldMakeItsUsersAndFolder() throws Exception {
        Assumptions.assumeTrue(Users.uid() == 0, "only root can make folders of others");
        install("system");
        ShippedUnits.run(tool("systemd-sysusers"), Map.of(), "--root=" + root(), "socketbroker.conf");
        assertThat(Files.readAllLines(root().resolve("etc/passwd")))
                .anyMatch(line -> line.matches("socketbroker:x:\\d+:\\d+:Socket Broker:/:/usr/sbin/nologin"))
                .anyMatch(line -> line.startsWith("socketbroker-handler:"));
        assertThat(Files.readAllLines(root().resolve("etc/group"))).anyMatch(line -> line.startsWith("socketbroker:"));
        ShippedUnits.run(tool("systemd-tmpfiles"), Map.of(), "--create", "--root=" + root(), "socketbroker.conf");
        Path runtime = root().resolve("run/socketbroker");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(runtime)))
                .isEqualTo("rwxr-xr-x");
        String uid = Files.readAllLines(root().resolve("etc/passwd")).stream()
                .filter(line -> line.startsWith("socketbroker:"))
                .map(line -> line.split(":", -1)[2])
                .findFirst()
                .orElseThrow();
        assertThat(Files.getAttribute(runtime, "unix:uid").toString()).isEqualTo(uid);
    }

    @Test
    void shouldBeEnabledByItsPreset() throws Exception {
        Path units = install("system");
        ShippedUnits.run(
                tool("systemctl"),
                Map.of(),
                "--root=" + root(),
                "preset",
                "socketbroker.service",
                "socketbroker.socket");
        assertThat(units.resolve("multi-user.target.wants/socketbroker.service"))
                .isSymbolicLink();
        assertThat(units.resolve("sockets.target.wants/socketbroker.socket")).isSymbolicLink();
    }

    /** The launcher and its build are stand-ins: what is tested is the script. */
    @Test
    void shouldInstallTheProgramAndReplaceIt() throws Exception {
        Path checkout = Files.createDirectory(folder.resolve("checkout"));
        ShippedUnits.run(
                Path.of("/bin/cp"),
                Map.of(),
                "-R",
                PythonExampleIT.checkout().resolve("systemd").toString(),
                checkout.toString());
        program(checkout.resolve("bin/socketbroker"));
        String first = installBuild(checkout, "one");
        String second = installBuild(checkout, "two");
        // A broker that runs from the former build keeps it, one further back nobody has any more.
        assertThat(library().resolve(".build").resolve(first)).isDirectory();
        String third = installBuild(checkout, "three");
        assertThat(library().resolve(".build").resolve(first)).doesNotExist();
        assertThat(library().resolve(".build").resolve(second)).isDirectory();
        assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
        Path command = prefix().resolve("bin/socketbroker");
        assertThat(command.toRealPath()).isEqualTo(library().resolve("bin/socketbroker"));
        assertThat(folder.resolve("config/systemd/user/socketbroker.service"))
                .content()
                .contains("ExecStart=" + library() + "/bin/socketbroker daemon ");
    }

    /** Installs a checkout whose build has this text in it, and gives the name of the installed build. */
    private String installBuild(Path checkout, String text) throws Exception {
        Path jars = Files.createDirectories(checkout.resolve(".build/run.7/cli"));
        Files.writeString(jars.resolve("x.jar"), text);
        Files.writeString(checkout.resolve(".build/stamp"), "run.7\n");
        Path bin = Files.createDirectories(folder.resolve("bin"));
        program(bin.resolve("systemctl"));
        ShippedUnits.run(
                checkout.resolve("systemd/install.sh"),
                Map.of("XDG_CONFIG_HOME", folder.resolve("config").toString(), "PATH", bin + ":/usr/bin:/bin"),
                "--user",
                "--prefix",
                prefix().toString());
        String build = Files.readString(library().resolve(".build/stamp")).strip();
        assertThat(library().resolve(".build").resolve(build).resolve("cli/x.jar"))
                .content()
                .isEqualTo(text);
        return build;
    }

    @ParameterizedTest
    @ValueSource(strings = {"--prefix", "--prefix relative", "--what"})
    void shouldRefuseOptionsThatItDoesNotKnow(String options) throws Exception {
        Process process = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "exec " + PythonExampleIT.checkout().resolve("systemd/install.sh") + " --destdir " + root()
                                + " " + options)
                .redirectErrorStream(true)
                .start();
        assertThat(process.inputReader().readAllAsString()).isNotEmpty();
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(root()).doesNotExist();
    }
}
