package io.socketbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UsageTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "lst",
                "list --foo",
                "task",
                "task register",
                "task register web",
                "task register web --stdio tube -- /bin/cat",
                "task register web --on-exit never -- /bin/cat",
                "task register web --max-concurrency many -- /bin/cat",
                "task register web --max-connections -1 -- /bin/cat",
                "task register web --over-limit drop -- /bin/cat",
                "task register web --linger 30 -- /bin/cat",
                "task register web --when-time 8-18 -- /bin/cat",
                "task register web --max-cpu-pressure much -- /bin/cat",
                "task register web --unit web@.service -- /bin/cat",
                "task register web --unit web@.service --stdio claim",
                "task register web --unit web@.service --manager mine",
                "task register web --manager user -- /bin/cat",
                "task register web --sessions-only --env A=b",
                "task unregister web --sockets keep",
                "listen --task t --id i",
                "listen --task t --id i tcp:127.0.0.1:99999",
                "listen --task t --id i --accept sometimes tcp:127.0.0.1:1",
                "listen --id i tcp:127.0.0.1:1",
                "connect --task t tcp:127.0.0.1:1",
                "park --task t --id i",
                "park --task t --id i --fd x",
                "park --task t --id i --fd -1",
                "park --task t --id i --fd 0 --keep-alive 30",
                "park --task t --id i --fd 0 --probe x",
                "listen --task t --id i --probe x tcp:127.0.0.1:1",
                "listen --task t --id i --wake-line --wake-prefix x tcp:127.0.0.1:1",
                "listen --task t --id i --wake-frame 3 tcp:127.0.0.1:1",
                "listen --task t --id i --wake-frame 2,exclusive tcp:127.0.0.1:1",
                "listen --task t --id i --on-mismatch drop tcp:127.0.0.1:1",
                "listen --task t --id i --auto-answer ping tcp:127.0.0.1:1",
                "listen --task t --id i --auto-answer =pong tcp:127.0.0.1:1",
                "listen --task t --id i --keep-alive 1s --probe \\q tcp:127.0.0.1:1",
                "listen --task t --id i --min-bytes -1 tcp:127.0.0.1:1",
                "connect --task t --id i --first-bytes 1s tcp:127.0.0.1:1",
                "update",
                "update one --wake-line --wake-frame 1",
                "reclaim one",
                "reclaim one --fd -2 -- cat",
                "show",
                "close",
                "events --after x"
            })
    void shouldRefuseWrongUsageInOneLine(String line) {
        var run = Run.of(line.isEmpty() ? new String[0] : line.split(" "));
        assertThat(run.status()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).singleElement().asString().startsWith("socketbroker");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void shouldGuessWhatWasMeant() {
        assertThat(Run.of("lst").err().getFirst()).contains("Did you mean 'list'?");
    }

    @Test
    void shouldReadNoMoreThanTheCommandThatIsNamed() {
        for (String name : SocketBroker.names()) {
            assertThat(SocketBroker.commandLine(name, "--help").getSubcommands())
                    .containsOnlyKeys(name);
        }
        assertThat(SocketBroker.commandLine("--version").getSubcommands()).isEmpty();
        assertThat(SocketBroker.commandLine("--help").getSubcommands())
                .containsKeys(SocketBroker.names().toArray(new String[0]))
                .containsKey("help");
    }

    /** What the launcher runs in JVMs of their own is a command all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"daemon", "vault"})
    void shouldListWhatOtherProgramsRun(String command) {
        assertThat(Run.of("--help").out()).anySatisfy(line -> assertThat(line).matches("  " + command + " +[A-Z].+"));
        var run = Run.of(command, "--no-launcher", "here");
        assertThat(run.status()).isEqualTo(ExitCode.LOCAL);
        assertThat(run.err()).singleElement().asString().contains("bin/socketbroker " + command);
    }

    static Stream<CommandLine> leaves() {
        return leaves(SocketBroker.commandLine())
                .filter(command -> !command.getCommandName().equals("help"))
                .filter(command -> !Set.of("daemon", "vault").contains(command.getCommandName()));
    }

    private static Stream<CommandLine> leaves(CommandLine command) {
        var sub = command.getSubcommands().values();
        return sub.isEmpty() ? Stream.of(command) : sub.stream().flatMap(UsageTest::leaves);
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void shouldHaveTheSharedOptionsEverywhere(CommandLine command) {
        var name = command.getCommandSpec().qualifiedName();
        var options = command.getCommandSpec().optionsMap();
        assertThat(options).as(name).containsKey("--help");
        if (!name.endsWith("reclaim")) {
            assertThat(options).as(name).containsKey("--json");
        }
        if (!name.endsWith("demo")) {
            assertThat(options).as(name).containsKeys("--runtime-dir", "--app");
        }
        assertThat(command.getUsageMessage()).as(name).contains("Exit status:").contains("no broker answers");
    }

    @Test
    void shouldSayThatNoBrokerAnswers(@TempDir Path folder) {
        for (var line : new String[] {
            "list", "show x", "update x", "close x", "status", "events", "reload", "task list", "task show x"
        }) {
            var arguments = Stream.concat(Arrays.stream(line.split(" ")), Stream.of("--runtime-dir", folder.toString()))
                    .toArray(String[]::new);
            var run = Run.of(arguments);
            assertThat(run.status()).as(line).isEqualTo(ExitCode.UNREACHABLE);
            assertThat(run.err()).singleElement().asString().contains("socketbroker daemon --runtime-dir " + folder);
        }
    }

    @Test
    void shouldNotTakeASocketForACommandThatDoesNotExist(@TempDir Path folder) {
        var run = Run.of("reclaim", "x", "--runtime-dir", folder.toString(), "--", "no-such-command-here");
        assertThat(run.status()).isEqualTo(ExitCode.COMMAND_UNKNOWN);
    }

    @Test
    void shouldSayWhatTheSystemRefused(@TempDir Path folder) {
        int open = OwnedFd.openCount();
        try (var taken = Sockets.listenTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1)) {
            var port = ((Endpoint.Inet) Sockets.localEndpoint(taken.fd()).orElseThrow()).port();
            var run = Run.of(
                    "listen", "--task", "t", "--id", "i", "--runtime-dir", folder.toString(), "tcp:127.0.0.1:" + port);
            assertThat(run.status()).isEqualTo(ExitCode.LOCAL);
            assertThat(run.err())
                    .singleElement()
                    .asString()
                    .contains("EADDRINUSE")
                    .contains("choose another");
        }
        var noSocket = Run.of("park", "--task", "t", "--id", "i", "--fd", "9999");
        assertThat(noSocket.status()).isEqualTo(ExitCode.LOCAL);
        assertThat(noSocket.err()).singleElement().asString().contains("descriptor 9999 is not an open socket");
        assertThat(OwnedFd.openCount()).isEqualTo(open);
    }

    @Test
    void shouldCloseWhatItOpenedWithoutABroker(@TempDir Path folder) {
        int open = OwnedFd.openCount();
        var run = Run.of("listen", "--task", "t", "--id", "i", "--runtime-dir", folder.toString(), "tcp:127.0.0.1:0");
        assertThat(run.status()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(OwnedFd.openCount()).isEqualTo(open);
    }
}
