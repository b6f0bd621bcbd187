package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.TaskSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a launched program finds: descriptors, environment, signals, limits, session. */
final class HandlerEnvironmentIT {
    private static final int SOFT_OPEN_FILES = 1_000;

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture("prlimit", "--nofile=" + SOFT_OPEN_FILES + ":4000");

    private static Map<String, String> with(Puppet handler, String prefix) {
        Map<String, String> found = new HashMap<>();
        handler.facts().forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), value);
            }
        });
        return found;
    }

    private static Puppet launch(ProtocolClient client, Link link, TaskSpec spec) {
        client.register("task", spec);
        client.park(link.mine(), "task", "a:b");
        link.peer().send("hello");
        return broker.puppets().next();
    }

    @ParameterizedTest
    @EnumSource(names = {"LAUNCH_STYLE_SOCKET", "LAUNCH_STYLE_LISTEN_FDS", "LAUNCH_STYLE_CLAIM"})
    void shouldHaveTheDescriptorsOfItsStyleAndNoOthers(LaunchStyle style) {
        ProtocolClient client = broker.client();
        Puppet handler = launch(
                client,
                broker.link(),
                broker.puppets().spec(style).setExitPolicy(Specs.rearm()).build());
        Map<String, String> descriptors = with(handler, "fd.");
        boolean stdio = style == LaunchStyle.LAUNCH_STYLE_SOCKET;
        boolean listenFds = style == LaunchStyle.LAUNCH_STYLE_LISTEN_FDS;
        assertThat(descriptors.keySet()).isEqualTo(listenFds ? Set.of("0", "1", "2", "3") : Set.of("0", "1", "2"));
        assertThat(descriptors.get("2")).startsWith("pipe:");
        if (stdio) {
            assertThat(descriptors.get("0")).startsWith("socket:").isEqualTo(descriptors.get("1"));
        } else {
            assertThat(descriptors).containsEntry("0", "/dev/null");
            assertThat(descriptors.get("1")).isEqualTo(descriptors.get("2"));
        }
        if (listenFds) {
            assertThat(descriptors.get("3")).startsWith("socket:");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LAUNCH_STYLE_SOCKET", "LAUNCH_STYLE_LISTEN_FDS", "LAUNCH_STYLE_CLAIM"})
    void shouldHaveTheDocumentedEnvironmentAndNoOther(LaunchStyle style) {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        TaskSpec.Builder spec = broker.puppets().spec(style).setExitPolicy(Specs.rearm());
        spec.getExecBuilder().putEnvironment("GREETING", "bonjour = salut").putEnvironment("TZ", "Europe/Paris");
        int port = Link.addressOf(link.peer().fd()).getPort();
        Puppet handler = launch(client, link, spec.build());
        Socket socket = client.socket("a:b");
        Map<String, String> environment = with(handler, "env.");

        Set<String> expected =
                new TreeSet<>(Set.of("PATH", "GREETING", "TZ", "SO_COOKIE", "REMOTE_ADDR", "REMOTE_PORT"));
        for (String name : new String[] {
            "RUNTIME_DIR",
            "TOKEN",
            "ACTIVATION",
            "STYLE",
            "REASON",
            "APP",
            "TASK",
            "SOCKET_ID",
            "GENERATION",
            "ATTEMPT",
            "PEER_CLOSED",
            "RELEASED"
        }) {
            expected.add("SOCKETBROKER_" + name);
        }
        if (style == LaunchStyle.LAUNCH_STYLE_LISTEN_FDS) {
            expected.addAll(Set.of("LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "PWD"));
        }
        // The broker's own, as far as it has them; and what Python adds by itself for its locale.
        Set<String> allowed = Set.of("HOME", "USER", "LOGNAME", "LANG", "LC_CTYPE", "PWD", "OLDPWD", "SHLVL", "_");
        assertThat(environment.keySet()).containsAll(expected);
        Set<String> others = new TreeSet<>(environment.keySet());
        others.removeAll(expected);
        assertThat(allowed).containsAll(others);

        assertThat(environment)
                .containsEntry("GREETING", "bonjour = salut")
                .containsEntry("TZ", "Europe/Paris")
                .containsEntry("SO_COOKIE", Long.toUnsignedString(socket.getCookie()))
                .containsEntry("REMOTE_ADDR", "127.0.0.1")
                .containsEntry("REMOTE_PORT", Integer.toString(port))
                .containsEntry(
                        "SOCKETBROKER_RUNTIME_DIR",
                        broker.process().runtimeDirectory().toString())
                .containsEntry("SOCKETBROKER_REASON", "SOCKET_ACTIVITY")
                .containsEntry("SOCKETBROKER_TASK", "task")
                .containsEntry("SOCKETBROKER_SOCKET_ID", "a:b")
                .containsEntry("SOCKETBROKER_GENERATION", Long.toString(socket.getGeneration()))
                .containsEntry(
                        "SOCKETBROKER_ACTIVATION",
                        Long.toString(socket.getHolder().getActivationId()))
                .containsEntry("SOCKETBROKER_APP", socket.getKey().getApp())
                .containsEntry("SOCKETBROKER_ATTEMPT", "1")
                .containsEntry("SOCKETBROKER_PEER_CLOSED", "0")
                .containsEntry("SOCKETBROKER_RELEASED", "0");
        assertThat(environment.get("SOCKETBROKER_TOKEN")).matches("[0-9a-f]{32}");
        if (style == LaunchStyle.LAUNCH_STYLE_LISTEN_FDS) {
            assertThat(environment)
                    .containsEntry("LISTEN_FDS", "1")
                    .containsEntry("LISTEN_PID", handler.fact("pid"))
                    .containsEntry("LISTEN_FDNAMES", "a_b");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LAUNCH_STYLE_SOCKET", "LAUNCH_STYLE_LISTEN_FDS", "LAUNCH_STYLE_CLAIM"})
    void shouldHaveASessionOfItsOwnAndNothingOfTheJvms(LaunchStyle style) {
        ProtocolClient client = broker.client();
        Puppet handler = launch(
                client,
                broker.link(),
                broker.puppets().spec(style).setExitPolicy(Specs.rearm()).build());
        assertThat(handler.fact("sid")).isEqualTo(handler.fact("pid"));
        assertThat(handler.fact("cwd")).isEqualTo("/");
        assertThat(handler.fact("nofile"))
                .as("soft limit of open files, as the broker was started with")
                .isEqualTo(Integer.toString(SOFT_OPEN_FILES));
        assertThat(handler.fact("status.SigBlk")).isEqualTo("0000000000000000");
        // Python ignores SIGPIPE and SIGXFSZ by itself; nothing else may be ignored.
        long ignored = Long.parseUnsignedLong(handler.fact("status.SigIgn"), 16);
        assertThat(ignored & ~(1L << 12 | 1L << 24)).isZero();
        assertThat(handler.fact("status.PPid"))
                .isEqualTo(Integer.toString(broker.process().pid()));
        assertThat(client.socket("a:b").getHolder().getPid()).isEqualTo(handler.pid());
    }

    @Test
    void shouldIgnoreNoSignalAtAll() {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        client.register(
                "task", Specs.command("/bin/sh", "-c", "read x; exec /bin/grep -E '^Sig(Blk|Ign)' /proc/self/status"));
        client.park(link.mine(), "task", "s");
        link.peer().send("hello\n");
        assertThat(link.peer().readToEnd()).isEqualTo("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    }

    @Test
    void shouldRunInItsWorkingDirectory() {
        TaskSpec.Builder spec = broker.puppets().spec(LaunchStyle.LAUNCH_STYLE_SOCKET);
        spec.getExecBuilder().setWorkingDirectory(broker.home().toString());
        Puppet handler = launch(broker.client(), broker.link(), spec.build());
        assertThat(handler.fact("cwd")).isEqualTo(broker.home().toString());
    }

    @Test
    void shouldHaveItsStandardErrorInTheLogOfTheDaemon() {
        ProtocolClient client = broker.client();
        Puppet handler = launch(client, broker.link(), broker.puppets().spec(Specs.rearm()));
        assertThat(handler.tell("stderr " + Puppet.hex("something is odd"))).isEqualTo("ok");
        String line = broker.log().await("something is odd");
        assertThat(line)
                .contains("task " + handler.env("APP") + "/task")
                .contains("activation " + handler.env("ACTIVATION"));
        // No handler can forge a line of the log.
        assertThat(handler.tell("stderr " + Puppet.hex("a\rb\u001b[2Jc"))).isEqualTo("ok");
        broker.log().await("a?b?[2Jc");
    }
}
