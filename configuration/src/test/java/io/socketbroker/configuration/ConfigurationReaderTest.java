package io.socketbroker.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TaskSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigurationReaderTest {
    @TempDir
    private Path folder = Path.of("/nonexistent");

    private Path main() {
        return folder.resolve(ConfigurationPlace.FILE_NAME);
    }

    private Configuration read(String text) throws IOException {
        Files.writeString(main(), text);
        return ConfigurationReader.read(new ConfigurationPlace(main(), true));
    }

    private void dropIn(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve("tasks.d"));
        Files.writeString(folder.resolve("tasks.d").resolve(name), text);
    }

    /** What is wrong, with "F" for the main file and "D" for the folder of drop-ins. */
    private List<String> problems(String text) throws IOException {
        Files.writeString(main(), text);
        return problems();
    }

    private List<String> problems() {
        ConfigurationException failure = catchThrowableOfType(
                ConfigurationException.class, () -> ConfigurationReader.read(new ConfigurationPlace(main(), true)));
        assertThat(failure).as("something is wrong").isNotNull();
        return failure.problems().stream()
                .map(Problem::toString)
                .map(line -> line.replace(main().toString(), "F").replace(folder.resolve("tasks.d") + "/", "D/"))
                .toList();
    }

    @Test
    void shouldHaveDefaultsWithoutAnyFile() {
        Configuration nothing = ConfigurationReader.read(new ConfigurationPlace(main(), false));
        assertThat(nothing.files()).isEmpty();
        assertThat(nothing.broker())
                .isEqualTo(new BrokerSettings(Optional.empty(), Optional.empty(), false, "vault", false, false));
        assertThat(nothing.limits().sockets()).isEmpty();
        assertThat(nothing.limits().contextBytes()).isEqualTo(64 * 1024);
        assertThat(nothing.limits().quarantine()).isEqualTo(Duration.ofMinutes(10));
        assertThat(nothing.custody().systemdSockets()).isEqualTo(256);
        assertThat(nothing.tasks()).isEmpty();
        assertThat(nothing.listeners()).isEmpty();
    }

    @Test
    void shouldReadEverySetting() throws IOException {
        Configuration settings = read("""
                [broker]
                runtime-dir = "/run/x"
                state-dir = "/var/lib/x/"
                custody = "none"
                in-memory = true
                external-vault = true
                listeners = "apply"
                [limits]
                sockets = 7
                context-bytes = "1KiB"
                claim-timeout = "250ms"
                [custody]
                systemd-sockets = 12
                """);
        assertThat(settings.broker())
                .isEqualTo(new BrokerSettings(
                        Optional.of(Path.of("/run/x")), Optional.of(Path.of("/var/lib/x")), true, "none", true, true));
        assertThat(settings.limits().sockets()).contains(7);
        assertThat(settings.limits().contextBytes()).isEqualTo(1024);
        assertThat(settings.limits().claimTimeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.custody().systemdSockets()).isEqualTo(12);
    }

    @Test
    void shouldReadATaskAndItsListener() throws IOException {
        Configuration echo = read("""
                [[task]]
                name = "echo"
                command = ["/bin/sh", "-c", "cat"]
                stdio = "listen-fds"
                environment = {A = "1", B = "two"}
                on-exit = "rearm"
                timeout = "5m"
                max-connections = 10
                over-limit = "refuse"
                when-time = "22:00-06:00,sat-sun,Europe/Berlin"

                [[listener]]
                id = "door"
                task = "echo"
                address = "tcp:[::1]:7777"
                accept = "listener"
                """);
        TaskSpec spec = echo.tasks().getFirst().spec();
        assertThat(spec.getExec().getCommandList()).containsExactly("/bin/sh", "-c", "cat");
        assertThat(spec.getExec().getStyle()).isEqualTo(LaunchStyle.LAUNCH_STYLE_LISTEN_FDS);
        assertThat(spec.getExec().getEnvironmentMap()).isEqualTo(Map.of("A", "1", "B", "two"));
        assertThat(spec.getExitPolicy().getOnSuccess()).isEqualTo(ExitAction.EXIT_ACTION_REARM);
        assertThat(spec.getExitPolicy().getOnFailure()).isEqualTo(ExitAction.EXIT_ACTION_RETRY);
        assertThat(spec.getActivationTimeout().getSeconds()).isEqualTo(300);
        assertThat(spec.getLimits().getMaxConnections()).isEqualTo(10);
        assertThat(spec.getConditions().getTimeWindow().getDaysList()).containsExactly(6, 7);
        ListenerDeclaration door = echo.listeners().getFirst();
        assertThat(door.address()).hasToString("tcp:[::1]:7777");
        assertThat(door.options().getAcceptMode()).isEqualTo(AcceptMode.ACCEPT_MODE_LISTENER);
        assertThat(door.making().backlog()).isEqualTo(1_024);
    }

    @Test
    void shouldReadDropInsByName() throws IOException {
        dropIn("20-b.toml", "[[task]]\nname = 'b'\nsessions-only = true\n");
        dropIn("10-a.toml", "[[task]]\nname = 'a'\nsessions-only = true\n");
        dropIn("ignored.conf", "what");
        assertThat(read("").tasks()).extracting(TaskDeclaration::name).containsExactly("a", "b");
    }

    @Test
    void shouldTellEverythingThatIsWrongAtOnce() throws IOException {
        dropIn("a.toml", "[[task]]\nname = 'x'\nsessions-only = true\n[limits]\nsockets = 1\n");
        dropIn("b.toml", "[[task]]\nname = 'x'\nsessions-only = true\n");
        dropIn("c.toml", "[[task]\n");
        assertThat(problems("""
                        [limits]
                        socket = 5
                        handlers = 0

                        [[listener]]
                        id = "door"
                        task = "xx"
                        address = "tcp:127.0.0.1:7777"

                        [[listener]]
                        id = "door"
                        task = "x"
                        """))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .isEqualTo("F:2: there is no key socket in [limits]; did you mean sockets?"),
                        line -> assertThat(line)
                                .isEqualTo("F:3: handlers = 0 is not allowed; write number, 1 to 100000"),
                        line -> assertThat(line).startsWith("F:10: [[listener]] has no address: write address, \"tcp:"),
                        line -> assertThat(line)
                                .startsWith("D/a.toml:4: [limits] belongs into F; drop-ins have tasks and"),
                        line -> assertThat(line).startsWith("D/c.toml:2: is not TOML: "),
                        line -> assertThat(line)
                                .isEqualTo("F:10: listener door is declared at F:5 already; rename one of them"),
                        line -> assertThat(line)
                                .isEqualTo("D/b.toml:1: task x is declared at D/a.toml:1 already; rename one of them"),
                        line -> assertThat(line)
                                .isEqualTo(
                                        "F:5: listener door wakes the task xx, which is not declared; did you mean x?"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[broker]\ncustody = 'volt' | F:2: custody = \"volt\": did you mean \"vault\"?; write word,",
                "[broker]\nstate-dir = 'x'  | F:2: state-dir = \"x\" is not allowed; write absolute path",
                "[broker]\nstate-dir = 5    | F:2: state-dir = 5 is not allowed; write absolute path",
                "broker = 5                 | F:1: broker is a table; write [broker]",
                "[brokr]\nx = 5             | F:1: there is no table brokr; did you mean broker?",
                "[zzzzzzzzzz]\nx = 5        | F:1: there is no table zzzzzzzzzz; there are broker, limits, custody",
                "task = 5                   | F:1: task is a list of tables; write [[task]]",
                "[task]\nname = 'x'         | F:1: task is a list of tables; write [[task]]",
                "[limits]\ncontext-bytes = '64KB' | F:2: context-bytes = \"64KB\" is not allowed; write size, 0B to 1MiB",
                "[limits]\nclaim-timeout = '5'    | F:2: claim-timeout = \"5\" is not allowed; write duration, 100ms to 10m",
                "[limits]\nclaim-timeout = 5      | F:2: claim-timeout = 5 is not allowed; write duration",
                "[limits]\nhandlers = 99999999999999999999 | F:2: handlers = 9223372036854775807 is not allowed",
                "[limits]\nfirst-retry-delay = '2m' | F:2: first-retry-delay (2m) must not be above longest-retry-delay (1m)",
                "[[task]]\nname = 'x y'\nsessions-only = true | F:2: name = \"x y\" is not allowed; write name, 1 to 128",
                "[[task]]\nname = 'x'       | F:1: task x has none of command, unit and sessions-only",
                "[[task]]\nname = 'x'\nunit = 'a@.service'\nsessions-only = true | F:1: task x has more than one of",
                "[[task]]\nname = 'x'\ncommand = ['cat'] | F:3: command: the program 'cat' must be an absolute path",
                "[[task]]\nname = 'x'\ncommand = '/bin/cat' | F:3: command = \"/bin/cat\" is not allowed; write list: string",
                "[[task]]\nname = 'x'\nunit = 'a@.service'\nstdio = 'claim' | F:4: stdio goes with command",
                "[[task]]\nname = 'x'\nsessions-only = true\nmanager = 'user' | F:4: manager goes with unit",
                "[[task]]\nname = 'x'\nsessions-only = true\nwhen-time = '8-9' | F:4: when-time = \"8-9\" is not allowed",
                "[[task]]\nname = 'x'\nsessions-only = true\nmax-cpu-pressure = 101 | F:4: max-cpu-pressure = 101 is not",
                "[[task]]\nname = 'x'\nsessions-only = true\nenvironment = {'' = 'x'} | F:4: environment = {...} is not",
                "[[task]]\nname = 'x'\ncommand = ['/bin/cat']\n[task.environment]\nA = 5 | F:4: environment = {...} is not",
                "a = '''\n'''\n[[task\n | F:3: is not TOML",
            })
    void shouldSayWhatIsWrongAndWhatIsAllowed(String row) throws IOException {
        String[] textAndProblem = row.split(" +\\| ", 2);
        assertThat(problems(textAndProblem[0]))
                .anySatisfy(line -> assertThat(line).startsWith(textAndProblem[1]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "address = '127.0.0.1:80'            | F:7: address = \"127.0.0.1:80\" is not allowed; write address",
                "address = 'tcp:127.0.0.1:70000'     | F:7: address = \"tcp:127.0.0.1:70000\" is not allowed",
                "address = 'tcp:::1:80'              | F:7: address = \"tcp:::1:80\" is not allowed",
                "address = 'unix:x'                  | F:7: address = \"unix:x\" is not allowed",
                "address = 'udp:*:1'\nbacklog = 5    | F:8: backlog is not for udp:*:1; leave it out",
                "address = 'tcp:*:1'\nmode = '0600'  | F:8: mode is not for tcp:*:1; leave it out",
                "address = 'unix:/x'\nmode = '0999'  | F:8: mode = \"0999\" is not allowed; write octal permissions",
                "address = 'unix:/x'\nipv6-only = true | F:8: ipv6-only is not for unix:/x; leave it out",
                "address = 'unix:/x'\nwake-frame = '3' | F:8: wake-frame = \"3\" is not allowed; write length prefix",
                "address = 'unix:/x'\nwake-prefix = 'hex:0' | F:8: wake-prefix = \"hex:0\"",
                "address = 'unix:/x'\nauto-answers = [{request = 'x'}] | F:8: auto-answers = [...] is not allowed",
                "address = 'unix:/x'\nwake-line = true\nwake-prefix = 'x' | F:4: listener l has more than one of",
                "address = 'unix:/x'\nfirst-byte = '1s' | F:8: there is no key first-byte in [[listener]]; did you mean first-bytes?",
            })
    void shouldSayWhatIsWrongWithAListener(String row) throws IOException {
        String[] textAndProblem = row.split(" +\\| ", 2);
        String start = "[[task]]\nname = 't'\nsessions-only = true\n[[listener]]\nid = 'l'\ntask = 't'\n";
        assertThat(problems(start + textAndProblem[0]))
                .anySatisfy(line -> assertThat(line).startsWith(textAndProblem[1]));
    }

    @Test
    void shouldNeedAFileThatWasNamed() {
        assertThat(problems()).containsExactly("F: there is no such file");
    }

    @Test
    void shouldRefuseTwoListenersAtOneAddress() throws IOException {
        assertThat(problems("""
                        [[task]]
                        name = "t"
                        sessions-only = true
                        [[listener]]
                        id = "a"
                        task = "t"
                        address = "unix:/x"
                        [[listener]]
                        id = "b"
                        task = "t"
                        address = "unix-datagram:/x"
                        """))
                .containsExactly("F:8: a listener at /x is declared at F:4 already; rename one of them");
    }

    @Test
    void shouldPrintWhatItReadsBack() throws IOException {
        String all = """
                [broker]
                state-dir = "/s"
                [limits]
                sockets = 9
                quarantine = "90s"
                [[task]]
                name = "t"
                command = ["/bin/echo", "a \\"b\\"\\n\\u0001"]
                environment = {"A.B" = "x"}
                max-cpu-pressure = 12.5
                when-time = "08:00-18:00,fri-mon"
                [[listener]]
                id = "l"
                task = "t"
                address = "udp:127.0.0.1:0"
                keep-alive = "1d"
                wake-prefix = "hex:ff00"
                sources = ["10.0.0.0/8"]
                auto-answers = [{request = "a", response = "hex:00ff"}]
                """;
        Configuration first = read(all);
        String printed = first.with(new BrokerSettings.Overrides(
                        Optional.of(Path.of("/r")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("apply")))
                .print();
        assertThat(printed)
                .contains("runtime-dir = \"/r\"  # --runtime-dir\n")
                .contains("state-dir = \"/s\"  # " + main() + ":2\n")
                .contains("custody = \"vault\"  # default\n")
                .contains("listeners = \"apply\"  # --listeners\n")
                .contains("# handlers: 512, or fewer");
        Configuration second = read(printed);
        assertThat(second.limits()).isEqualTo(first.limits());
        assertThat(second.tasks().getFirst().spec())
                .isEqualTo(first.tasks().getFirst().spec());
        assertThat(second.listeners().getFirst().item())
                .isEqualTo(first.listeners().getFirst().item());
        assertThat(second.broker().runtimeDirectory()).contains(Path.of("/r"));
    }

    @Test
    void shouldNameWhatNeedsARestart() throws IOException {
        Configuration before = read("[limits]\nhandlers = 5\n");
        assertThat(before.needingRestart(read("[limits]\nhandlers = 5\n[broker]\ncustody = 'vault'\n")))
                .isEmpty();
        assertThat(before.needingRestart(read("[limits]\nhandlers = 6\n[broker]\nstate-dir = '/x'\n")))
                .containsExactly("broker.state-dir", "limits.handlers");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "0, /run/user/0, /home/x/.config, /etc/socketbroker/socketbroker.toml",
                "7, '', '', /etc/socketbroker/socketbroker.toml",
                "7, /run/user/7, '', /home/me/.config/socketbroker/socketbroker.toml",
                "7, /run/user/7, /c, /c/socketbroker/socketbroker.toml",
            })
    void shouldLookInTheSystemsOrTheUsersPlace(int uid, String runtime, String config, String expected) {
        Map<String, String> environment = config.isEmpty()
                ? Map.of("HOME", "/home/me", "XDG_RUNTIME_DIR", runtime)
                : Map.of("HOME", "/home/me", "XDG_RUNTIME_DIR", runtime, "XDG_CONFIG_HOME", config);
        ConfigurationPlace place = ConfigurationPlace.find(Optional.empty(), environment, uid);
        assertThat(place).isEqualTo(new ConfigurationPlace(Path.of(expected), false));
        assertThat(place.dropIns()).isEqualTo(Path.of(expected).resolveSibling("tasks.d"));
        assertThat(ConfigurationPlace.find(Optional.of(Path.of("/x/y")), environment, uid))
                .isEqualTo(new ConfigurationPlace(Path.of("/x/y"), true));
    }
}
